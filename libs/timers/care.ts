import type { CommandTable } from '#kernel/command';
import type { Decided, Decider } from '#kernel/decider';
import { none } from '#kernel/due';
import { refuser } from '#kernel/refusal';
import { instant, type Instant } from '#kernel/time';
import { deadlineKey, timerEvents, timerIdOf, type DeadlineKey } from './care-events.js';

const asked = { roles: ['operator'], sensitive: true } as const;
const timerCommands = {
  HoldTimer: {
    ...asked,
    shape: deadlineKey.strict(),
    route: 'POST /timers/{id}/hold',
    does: 'Keeps the timers from waking the aggregate for this deadline until it is released. Whoever commands the aggregate still settles it.',
  },
  ReleaseTimer: {
    ...asked,
    shape: deadlineKey.strict().extend({
      parkedAt: instant.optional().meta({
        description: 'Of a parked timer: the instant at which it was parked, as the list shows it.',
        public: true,
      }),
    }),
    route: 'POST /timers/{id}/release',
    does: 'Leaves a held, skipped or parked timer to the timers again, at once and with all of its attempts.',
  },
  SkipTimer: {
    ...asked,
    shape: deadlineKey.strict(),
    route: 'POST /timers/{id}/skip',
    does: 'Sets a timer aside for good: a hold that nobody is expected to come back to. It may still be released.',
  },
} as const satisfies CommandTable;

const refusals = {
  'other-timer': { en: 'The id is that of another deadline', zh: '编号属于另一时限' },
};
const refuse = refuser(refusals);

export interface TimerCare {
  readonly is: 'free' | 'held' | 'skipped';
  /** The aggregate whose deadline it is; absent before the first event. */
  readonly stream?: string;
  /** The parking that was ended last. */
  readonly parkedAt?: Instant;
}

/**
 * What people decide about the timer of one deadline. It binds the timers only: the aggregate's own rules stay as they are, so
 * that whoever commands the aggregate, or wakes it for another deadline, settles this one too once it is due.
 * A deadline that does not exist may be held as well: no stream can tell, and no timer ever asks for it.
 */
export const timer: Decider<TimerCare, typeof timerCommands, typeof timerEvents.shapes> = {
  events: timerEvents,
  initial: { is: 'free' },
  commands: timerCommands,
  refusals,
  evolve: {
    TimerHeld: (state, { stream }) => ({ ...state, stream, is: 'held' }),
    TimerReleased: (_, { stream, parkedAt }) => ({ is: 'free', stream, ...(parkedAt && { parkedAt }) }),
    TimerSkipped: (state, { stream }) => ({ ...state, stream, is: 'skipped' }),
  },
  decide: {
    HoldTimer({ is }, key, { id }) {
      refuseOther(id, key);
      return is === 'held' ? [] : [{ type: 'TimerHeld', data: key }];
    },
    ReleaseTimer(state, { parkedAt, ...key }, { id }) {
      refuseOther(id, key);
      return release(state, key, parkedAt);
    },
    SkipTimer({ is }, key, { id }) {
      refuseOther(id, key);
      return is === 'skipped' ? [] : [{ type: 'TimerSkipped', data: key }];
    },
  },
  deadlines: { TimerHeld: none, TimerReleased: none, TimerSkipped: none },
  subjects: ({ stream }, id) => [`timer:${id}`, ...(stream ? [stream.replace('-', ':')] : [])],
};

/**
 * A timer may be parked again and again, and each parking is released once: without its instant, a repeat could not be told
 * from the answer to the next one. A release that ends a hold repeats the parking that was ended before, in case the timers
 * have not taken the row up since.
 */
function release(
  { is, parkedAt: endedBefore }: TimerCare,
  key: DeadlineKey,
  parkedAt = endedBefore,
): Decided<typeof timerEvents.shapes>[] {
  if (is === 'free' && parkedAt === endedBefore) return [];
  return [{ type: 'TimerReleased', data: { ...key, ...(parkedAt && { parkedAt }) } }];
}

/** One deadline has one stream: two of them could contradict each other. */
function refuseOther(id: string, key: DeadlineKey): void {
  const expected = timerIdOf(key);
  if (id !== expected) refuse('other-timer', `The timer of this deadline has the id ${expected}.`);
}
