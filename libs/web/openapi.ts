import type { Endpoint } from './endpoint.js';
import { jsonSchemaOf, type JsonSchema } from './json-schema.js';
import { problemResponses, problemSchema, responseName } from './openapi-problems.js';
import type { ProblemKind } from './problem-kind.js';
import { problems } from './problem.js';

/** What the API is called and which release this is. */
export interface Api {
  readonly title: string;
  readonly version: string;
}

/** The OpenAPI 3.1 document of all endpoints; the same endpoints give the same document. */
export function openApiOf(api: Api, endpoints: readonly Endpoint[]): object {
  const paths: Record<string, Record<string, object>> = {};
  const schemas: Record<string, JsonSchema> = { Problem: problemSchema };
  for (const endpoint of endpoints) {
    (paths[endpoint.path] ??= {})[endpoint.method] = operationOf(endpoint, schemas);
  }
  return {
    openapi: '3.1.0',
    info: api,
    tags: [...new Set(endpoints.map(({ group }) => group))].sort().map((name) => ({ name })),
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas,
      responses: problemResponses,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function operationOf(endpoint: Endpoint, schemas: Record<string, JsonSchema>): object {
  const { name, group, does, roles, body } = endpoint;
  return {
    operationId: name,
    tags: [group],
    summary: does,
    description: `Roles: ${roles.map((role) => `\`${role}\``).join(', ')}`,
    'x-roles': roles,
    security: [{ bearer: [] }],
    parameters: parametersOf(endpoint),
    ...(body && { requestBody: jsonBody(schemas, name, jsonSchemaOf(body, 'input')) }),
    responses: responsesOf(endpoint, schemas),
  };
}

/** A body in which nothing is required may be left out. */
function jsonBody(schemas: Record<string, JsonSchema>, name: string, schema: JsonSchema): object {
  const required = (schema.required ?? []).length > 0;
  return { required, content: { 'application/json': { schema: named(schemas, name, schema) } } };
}

/** Keeps a schema under a name of its own, so that many operations can refer to it. */
function named(schemas: Record<string, JsonSchema>, name: string, schema: JsonSchema): object {
  schemas[name] = schema;
  return { $ref: `#/components/schemas/${name}` };
}

function parametersOf({ params, query, headers }: Endpoint): object[] {
  const parts = [
    ['path', params],
    ['query', query],
    ['header', headers],
  ] as const;
  return parts.flatMap(([where, shape]) => {
    if (!shape) return [];
    const { properties = {}, required = [] } = jsonSchemaOf(shape, 'input');
    return Object.entries(properties).map(([name, schema]) => ({
      name,
      in: where,
      required: required.includes(name),
      schema,
    }));
  });
}

function responsesOf(endpoint: Endpoint, schemas: Record<string, JsonSchema>): object {
  const answers = jsonSchemaOf(endpoint.answers, 'output');
  const schema = answers.title ? named(schemas, answers.title, answers) : answers;
  return {
    [endpoint.status]: {
      description: endpoint.status === 201 ? 'Created' : 'Done',
      headers: answerHeaders(endpoint),
      content: { 'application/json': { schema } },
    },
    ...(endpoint.refusals && { 409: refusalResponse(endpoint) }),
    ...Object.fromEntries(
      problemsOf(endpoint).map(({ status }) => [
        status,
        { $ref: `#/components/responses/${responseName(status)}` },
      ]),
    ),
  };
}

const problemsOf = ({ body, problems: own = [] }: Endpoint): readonly ProblemKind[] => [
  problems.invalid,
  problems.unauthenticated,
  problems.forbidden,
  ...(body ? [problems.tooLarge, problems.unsupportedMediaType] : []),
  ...own,
  problems.internal,
  problems.storeUnavailable,
];

const answerHeaders = ({ answerHeaders = {} }: Endpoint): object =>
  Object.fromEntries(
    Object.entries(answerHeaders).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  );

function refusalResponse({ refusals = {} }: Endpoint): object {
  const codes = Object.entries(refusals).map(([code, { en, zh }]) => `- \`${code}\`: ${en} (${zh})`);
  const { code, title } = problems.conflict;
  return {
    description: ['Refused by a rule:', ...codes, `- \`${code}\`: ${title.en} (${title.zh})`].join('\n'),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}
