import { Controller, Req, Res, type Type } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Answer } from '#event-store/ask';
import { commandClassOf } from '#event-store/command-classes';
import type { CommandLine } from '#kernel/command';
import type { AnyDecider } from '#kernel/decider';
import { reasonCode } from '#kernel/text';
import { aggregateParams, readCommand } from './command-request.js';
import { commandHeaders } from './command-headers.js';
import { Serves, type Endpoint } from './endpoint.js';
import { assertStrict } from './json-schema.js';
import { PositionTokens } from './position-token.js';
import { problems } from './problem.js';

/** What every command answers with. */
export const commandAnswer = z
  .object({
    id: z.string(),
    revision: z.bigint().meta({ description: 'The revision after the command, also the ETag.' }),
    position: z
      .string()
      .optional()
      .meta({ description: 'Where in the log its last event is; for `atLeast`.' }),
    events: z.array(z.object({ eventId: z.uuid(), type: z.string() })),
    repeated: z.boolean().meta({ description: 'True when it had been carried out before.' }),
  })
  .meta({ title: 'CommandAnswer' });

/** The Nest controllers of the commands that have a route, one for each decider. They need the CommandBus and PositionTokens. */
export const commandRoutes = (deciders: readonly AnyDecider[]): Type[] => deciders.map(controllerOf);

function controllerOf(decider: AnyDecider): Type {
  @Controller()
  class CommandController {
    constructor(
      readonly bus: CommandBus,
      readonly positions: PositionTokens,
    ) {}
  }
  Object.defineProperty(CommandController, 'name', { value: `${decider.events.category} commands` });
  for (const [name, line] of Object.entries(decider.commands)) {
    if (line.route) addHandler(CommandController.prototype, decider, name, line, line.route);
  }
  return CommandController;
}

interface Ends {
  readonly bus: CommandBus;
  readonly positions: PositionTokens;
}

function addHandler(
  prototype: Ends,
  decider: AnyDecider,
  name: string,
  line: CommandLine,
  route: string,
): void {
  const endpoint = endpointOf(decider, name, line, route);
  const CommandClass = commandClassOf(decider, name);
  async function handle(this: Ends, request: FastifyRequest, reply: FastifyReply): Promise<object> {
    const { id, data, cause, options } = readCommand(endpoint, endpoint.path, request);
    const answer = await this.bus.execute(new CommandClass(id, data, cause, options));
    if (endpoint.status === 201) void reply.header('Location', `${endpoint.path}/${answer.id}`);
    return answered(answer, this.positions, reply);
  }
  const descriptor = { value: handle };
  Object.defineProperty(prototype, name, descriptor);
  Serves(endpoint)(prototype, name, descriptor);
  Req()(prototype, name, 0);
  Res({ passthrough: true })(prototype, name, 1);
}

function answered(answer: Answer, positions: PositionTokens, reply: FastifyReply): object {
  const { position: at, eventId, ...rest } = answer;
  const position =
    at === undefined || eventId === undefined ? undefined : positions.encode({ position: at, eventId });
  // An aggregate without events has no revision to pin.
  if (answer.revision >= 0n) void reply.header('ETag', `"${answer.revision}"`);
  if (position) void reply.header('Fourstar-Position', position);
  return { ...rest, position };
}

function endpointOf(decider: AnyDecider, name: string, line: CommandLine, route: string) {
  const path = `/v1${route.slice('POST '.length)}` as const;
  const placeholders = path.match(/\{\w+\}/g) ?? [];
  if (placeholders.some((placeholder) => placeholder !== '{id}') || placeholders.length > 1) {
    throw new Error(`${name}: a command's route may hold {id}, once, and nothing else that varies`);
  }
  return {
    method: 'post',
    path,
    name,
    group: decider.events.category,
    roles: line.roles,
    does: line.does,
    ...(placeholders.length === 1 && { params: aggregateParams(decider.idShape) }),
    headers: commandHeaders,
    body: bodyOf(name, line),
    status: placeholders.length === 1 ? 200 : 201,
    answers: commandAnswer,
    answerHeaders: {
      'Fourstar-Position': 'The position in the log of its last event.',
      ETag: 'The revision, for If-Match.',
      ...(placeholders.length === 0 && { Location: 'Where the new thing is.' }),
    },
    problems: [problems.revisionMismatch, problems.keyReused],
    refusals: decider.refusals,
  } as const satisfies Endpoint;
}

/** The command's own shape and the reason: it may come with any command, and must with a sensitive one. */
function bodyOf(name: string, line: CommandLine): z.ZodObject {
  if ('reason' in line.shape.shape) {
    throw new Error(`${name}: \`reason\` belongs to every command; name this field otherwise`);
  }
  const reason = z.strictObject({ code: reasonCode });
  const body = line.shape.strict().safeExtend({ reason: line.sensitive ? reason : reason.optional() });
  assertStrict(name, body);
  return body;
}
