import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Decider } from '#kernel/decider';
import { none } from '#kernel/due';
import { refuser } from '#kernel/refusal';
import { id } from '#kernel/text';
import { instant, type Instant } from '#kernel/time';
import type { Answer, Cause } from './ask.js';
import type { Executor } from './execute.js';
import { logEvents } from './log-events.js';

/** Whatever is derived from the clock's instant, such as the end of a term, must still have a year of four digits. */
export const simulatedInstant = instant.refine((at) => at < '9000', 'an instant before the year 9000');

const shape = { simulated: z.boolean(), clockAt: instant };
const logCommands = {
  StartLog: {
    shape: z.strictObject({ logId: id, ...shape }),
    roles: [],
    does: 'Gives a new log its identity.',
  },
  AdvanceClock: {
    shape: z.strictObject({ to: simulatedInstant }),
    roles: [],
    does: 'Moves the business clock of a simulated log forwards.',
  },
} as const;

const refusals = {
  'clock-is-real': { en: 'The clock is real', zh: '时钟为真实时钟' },
  'clock-only-forwards': { en: 'The clock moves only forwards', zh: '时钟只能前进' },
};
const refuse = refuser(refusals);

export type LogState =
  { readonly logId: string; readonly simulated: boolean; readonly clockAt: Instant } | undefined;

/** The first stream of every log. Its first event is the log's identity, which every checkpoint and position token carries. */
export const log: Decider<LogState, typeof logCommands, typeof logEvents.shapes> = {
  events: logEvents,
  initial: undefined,
  commands: logCommands,
  refusals,
  evolve: {
    LogStarted: (_, started) => started,
    ClockAdvanced: (state, { to }) => state && { ...state, clockAt: to },
  },
  decide: {
    StartLog: (state, started) => (state ? [] : [{ type: 'LogStarted', data: started }]),
    AdvanceClock(state, { to }) {
      if (!state?.simulated)
        return refuse('clock-is-real', 'Only the clock of a simulated log can be moved.');
      if (to < state.clockAt)
        return refuse('clock-only-forwards', `The clock stands at ${state.clockAt}; ${to} lies before it.`);
      return to === state.clockAt ? [] : [{ type: 'ClockAdvanced', data: { to }, effectiveAt: to }];
    },
  },
  deadlines: { LogStarted: none, ClockAdvanced: none },
  subjects: () => [],
};

/** There is one log, so there is one of its kind. */
export const LOG_ID = 'main';
export const logStream = `log-${LOG_ID}`;

/** A cause for what the system does by itself: nothing but its own id explains it. */
export function systemCause(actor: `system:${string}`, commandId: string = randomUUID()): Cause {
  return {
    actor,
    authority: 'system',
    channel: 'system',
    correlationId: commandId,
    causationId: commandId,
    commandId,
  };
}

export function startLog(
  executor: Executor,
  simulatedFrom: Instant | undefined,
  now: Instant,
): Promise<Answer> {
  const data = { logId: randomUUID(), simulated: simulatedFrom !== undefined, clockAt: simulatedFrom ?? now };
  const cause = systemCause('system:log');
  return executor.execute({ decider: log, id: LOG_ID, command: { type: 'StartLog', data }, cause });
}

export function advanceClock(executor: Executor, to: Instant, cause: Cause): Promise<Answer> {
  return executor.execute({
    decider: log,
    id: LOG_ID,
    command: { type: 'AdvanceClock', data: { to } },
    cause,
  });
}
