import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { Serves } from './endpoint.js';
import { send, serveLamps, type Harness, type Reply } from './harness.fixture.js';

interface Operation {
  readonly operationId: string;
  readonly security: unknown;
  readonly 'x-roles': readonly string[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, object>>;
}
const isObject = (node: unknown): node is Readonly<Record<string, unknown>> =>
  typeof node === 'object' && node !== null;

describe('the OpenAPI document', () => {
  let lamp: Harness;
  let document: Reply['body'];

  beforeAll(async () => {
    lamp = await serveLamps();
    document = (await send('GET', `${lamp.url}/openapi.json`)).body;
  });
  afterAll(() => lamp.close());

  const at = (...steps: string[]) =>
    steps.reduce<unknown>((node, step) => (isObject(node) ? node[step] : undefined), document);
  // What is not as its type says fails in the test that reads it.
  const paths = () => document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const operations = () => Object.values(paths()).flatMap((methods) => Object.values(methods));
  const schemaOf = (name: string) => at('components', 'schemas', name);
  const referencesIn = (node: unknown): string[] => {
    if (!isObject(node)) return [];
    const own = typeof node['$ref'] === 'string' ? [node['$ref']] : [];
    return [...own, ...Object.values(node).flatMap(referencesIn)];
  };

  it('is OpenAPI 3.1 and tells of every command and reading, and of nothing else', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Lamps', version: '1.0.0' } });
    expect(Object.keys(paths())).toEqual([
      '/v1/lamps',
      '/v1/lamps/{id}',
      '/v1/lamps/{id}/break',
      '/v1/lamps/{id}/light',
    ]);
    expect(operations().map(({ operationId }) => operationId)).toEqual([
      'listLamps',
      'HangLamp',
      'getLamp',
      'BreakLamp',
      'LightLamp',
    ]);
  });

  it('is whole: every reference leads somewhere, every operation has roles, answers and all its parameters', () => {
    const references = referencesIn(document);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      expect([reference, isObject(at(...reference.slice(2).split('/')))]).toEqual([reference, true]);
    }
    for (const [path, methods] of Object.entries(paths())) {
      for (const { security, parameters, responses, 'x-roles': roles } of Object.values(methods)) {
        expect(security).toEqual([{ bearer: [] }]);
        expect(roles.length).toBeGreaterThan(0);
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '403', '500', '503']));
        const inPath = parameters
          .filter((parameter) => parameter.in === 'path')
          .map(({ name }) => `{${name}}`);
        expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
      }
    }
  });

  it('tells what a command takes: its fields, labels, reason and headers', () => {
    expect(schemaOf('LightLamp')).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        since: { type: 'string', format: 'date-time' },
        colour: { enum: ['warm', 'cold'], default: 'warm', 'x-labels': { warm: { en: 'Warm', zh: '暖色' } } },
      },
    });
    expect(schemaOf('LightLamp')).not.toHaveProperty('required');
    expect(schemaOf('BreakLamp')).toMatchObject({ required: ['reason'] });
    expect(schemaOf('HangLamp')).toMatchObject({ required: ['owner', 'watts'] });
    const hang = paths()['/v1/lamps']?.['post'];
    expect(hang?.parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['idempotency-key', 'if-match', 'fourstar-channel', 'traceparent']),
    );
    expect(JSON.stringify(hang?.responses['409'])).toContain('`lamp-broken`: The lamp is broken (灯已损坏)');
    expect(JSON.stringify(document)).not.toContain('"public"');
  });

  it('tells of each what it answers with: its own headers, refusals and problems', () => {
    const of = (path: string, method: string) => paths()[path]?.[method]?.responses ?? {};
    const headers = (path: string, method: string, status: string) =>
      Object.keys(Object(of(path, method)[status]).headers);
    expect(headers('/v1/lamps', 'post', '201')).toEqual(['Fourstar-Position', 'ETag', 'Location']);
    expect(headers('/v1/lamps/{id}/light', 'post', '200')).toEqual(['Fourstar-Position', 'ETag']);
    expect(headers('/v1/lamps/{id}', 'get', '200')).toEqual(['Fourstar-Position', 'ETag']);
    expect(headers('/v1/lamps', 'get', '200')).toEqual(['Fourstar-Position']);
    expect(Object.keys(of('/v1/lamps', 'post'))).toEqual(
      expect.arrayContaining(['409', '412', '413', '422']),
    );
    expect(Object.keys(of('/v1/lamps', 'get'))).toEqual(['200', '400', '401', '403', '404', '500', '503']);
  });

  it('documents no more of a POST that is no command than what it does', async () => {
    class Winding {}
    @Controller()
    class WindingController {
      @Serves({
        ...{ method: 'post', path: '/v1/winding', name: 'wind', group: 'lamp', roles: ['tenant'] },
        does: 'Winds the clock.',
        body: z.strictObject({ to: z.string() }),
        status: 200,
        answers: z.object({}),
      })
      wind(): object {
        return {};
      }
    }
    const winding = await serveLamps({}, [{ module: Winding, controllers: [WindingController] }]);
    try {
      const { body } = await send('GET', `${winding.url}/openapi.json`);
      expect(body).toMatchObject({ paths: { '/v1/winding': { post: { parameters: [] } } } });
      const { responses } = Object(body['paths'])['/v1/winding'].post;
      expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '413', '415', '500', '503']);
      expect(responses['200'].headers).toEqual({});
    } finally {
      await winding.close();
    }
  });

  it('tells what travels: text for instants and for numbers beyond 2^53', () => {
    expect(paths()['/v1/lamps']?.['get']?.responses['200']).toMatchObject({
      content: {
        'application/json': {
          schema: {
            properties: {
              watts: { type: 'string', pattern: '^-?\\d+$' },
              hungAt: { type: 'string', format: 'date-time' },
            },
          },
        },
      },
    });
    expect(schemaOf('CommandAnswer')).toMatchObject({ properties: { revision: { type: 'string' } } });
  });

  it('is the same each time', async () => {
    const other = await serveLamps();
    try {
      expect(JSON.stringify((await send('GET', `${other.url}/openapi.json`)).body)).toBe(
        JSON.stringify(document),
      );
    } finally {
      await other.close();
    }
  });

  it('has a page whose every part comes from here', async () => {
    const page = await send('GET', `${lamp.url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const parts = [...String(page.body['text']).matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, part]) => part ?? '',
    );
    expect(parts).toHaveLength(7);
    for (const part of parts) {
      const reply = await send('GET', new URL(part, `${lamp.url}/docs/`).href);
      expect([part, reply.status]).toEqual([part, 200]);
      expect(reply.headers.get('x-request-id')).not.toBeNull();
    }
  });
});
