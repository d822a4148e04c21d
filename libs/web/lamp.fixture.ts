import { Controller, Module, Res, type DynamicModule, type Type } from '@nestjs/common';
import { CommandHandler, CqrsModule } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Answer, Cause } from '#event-store/ask';
import { commandClassOf } from '#event-store/command-classes';
import type { CommandTable } from '#kernel/command';
import type { AnyDecider, Decider } from '#kernel/decider';
import { none } from '#kernel/due';
import { labelled } from '#kernel/label';
import { eventTable } from '#kernel/message';
import { id, reference } from '#kernel/text';
import { instant } from '#kernel/time';
import { commandRoutes } from './command-routes.js';
import { PositionTokens } from './position-token.js';
import { Asked, page, reading, Reads, type AskedOf } from './reads.js';

const commands = {
  HangLamp: {
    shape: z.strictObject({ owner: reference, watts: z.int().min(1).max(100) }),
    route: 'POST /lamps',
    roles: ['electrician'],
    does: 'Hangs a lamp.',
  },
  LightLamp: {
    shape: z.object({
      since: instant.optional(),
      colour: labelled({ warm: { en: 'Warm', zh: '暖色' }, cold: { en: 'Cold', zh: '冷色' } }).default(
        'warm',
      ),
    }),
    route: 'POST /lamps/{id}/light',
    roles: ['electrician', 'tenant'],
    does: 'Lights a lamp.',
  },
  BreakLamp: {
    shape: z.strictObject({}),
    route: 'POST /lamps/{id}/break',
    roles: ['electrician'],
    does: 'Breaks a lamp.',
    sensitive: true,
  },
  DimLamp: { shape: z.strictObject({}), roles: [], does: 'Asked by time only.' },
} as const satisfies CommandTable;

const events = eventTable('lamp', { LampHung: z.object({ owner: reference }) });

const decider: Decider<null, typeof commands, typeof events.shapes> = {
  events,
  initial: null,
  evolve: { LampHung: () => null },
  commands,
  decide: { HangLamp: () => [], LightLamp: () => [], BreakLamp: () => [], DimLamp: () => [] },
  deadlines: { LampHung: none },
  refusals: { 'lamp-broken': { en: 'The lamp is broken', zh: '灯已损坏' } },
  subjects: () => [],
};
export const lamps: AnyDecider = decider;

/** What arrived at the end of the bus. */
export interface Arrived {
  readonly name: string;
  readonly id: string;
  readonly data: unknown;
  readonly cause: Cause;
  readonly options: { readonly expectedRevision?: bigint };
}

export const logId = '0190e3a0-0000-7000-8000-000000000001';
export const answerTo = (arrived: Arrived): Answer => ({
  id: arrived.id,
  revision: 7n,
  position: 9_007_199_254_740_993n,
  eventId: arrived.cause.commandId,
  events: [{ eventId: arrived.cause.commandId, type: 'LampHung' }],
  repeated: false,
});

const lampList = reading({
  path: '/lamps',
  name: 'listLamps',
  group: 'lamp',
  roles: ['tenant'],
  does: 'Lamps, page by page.',
  query: z.object({ ...page.shape, owner: reference.optional() }),
  answers: z.object({ watts: z.bigint(), hungAt: instant, asked: z.unknown() }),
});
const oneLamp = reading({
  path: '/lamps/{id}',
  name: 'getLamp',
  group: 'lamp',
  roles: ['tenant'],
  does: 'One lamp.',
  params: z.strictObject({ id }),
  answers: z.object({ id }),
  etag: 'The revision of the lamp.',
});

@Controller()
class LampReadings {
  @Reads(lampList)
  list(@Asked() asked: AskedOf<typeof lampList>, @Res({ passthrough: true }) reply: FastifyReply): object {
    void reply.header('Fourstar-Position', `${logId}/1`);
    return { watts: 2n ** 60n, hungAt: new Date(0), asked };
  }

  @Reads(oneLamp)
  one(@Asked() asked: AskedOf<typeof oneLamp>): object {
    return { id: asked.params.id };
  }
}

/** Two modules, as in an app that is made of several; `carryOut` stands where the event store would be. */
export function lampModules(carryOut: (arrived: Arrived) => Promise<Answer>): DynamicModule[] {
  class Commands {}
  class Readings {}
  Module({})(Commands);
  Module({})(Readings);
  const names = Object.keys(commands).filter((name) => name !== 'DimLamp');
  return [
    {
      module: Commands,
      imports: [CqrsModule.forRoot()],
      controllers: commandRoutes([lamps]),
      providers: [
        { provide: PositionTokens, useValue: new PositionTokens(logId) },
        ...names.map((name) => handlerOf(name, carryOut)),
      ],
    },
    { module: Readings, controllers: [LampReadings] },
  ];
}

function handlerOf(name: string, carryOut: (arrived: Arrived) => Promise<Answer>): Type {
  class Handler {
    execute(command: Omit<Arrived, 'name'>): Promise<Answer> {
      return carryOut({ ...command, name });
    }
  }
  CommandHandler(commandClassOf(lamps, name))(Handler);
  Object.defineProperty(Handler, 'name', { value: `${name}Handler` });
  return Handler;
}
