import { z } from 'zod';
import type { CommandTable } from '#kernel/command';
import type { Decided, Decider } from '#kernel/decider';
import { none } from '#kernel/due';
import { refuser } from '#kernel/refusal';
import { reference } from '#kernel/text';
import { fanOutEvents } from './fan-out-events.js';
import type { Place } from './reaction-events.js';

const { shapes } = fanOutEvents;
const byEngine = (does: string) => ({ roles: [], does }) as const;
const asked = { roles: ['operator'], sensitive: true } as const;
const fanOutCommands = {
  StartFanOut: { ...byEngine('Begins a job.'), shape: shapes.FanOutStarted.strict() },
  AdvanceFanOut: {
    ...byEngine('Notes what became of a page of targets.'),
    shape: shapes.FanOutAdvanced.extend({ after: reference.optional() }).strict(),
  },
  FinishFanOut: { ...byEngine('Notes that no targets are left.'), shape: z.strictObject({}) },
  RecordFanOutRetry: {
    ...byEngine('Notes what became of parked targets.'),
    shape: shapes.FanOutRetried.strict(),
  },
  RetryFanOut: {
    ...asked,
    shape: z.strictObject({}),
    route: 'POST /fan-outs/{id}/retry',
    does: 'Puts the command of a job once more to the targets that failed at it.',
  },
  SkipFanOutTarget: {
    ...asked,
    shape: z.strictObject({ target: reference }),
    route: 'POST /fan-outs/{id}/skip',
    does: 'Leaves a target that failed out of a job for good.',
  },
} as const satisfies CommandTable;

const refusals = {
  'fan-out-unknown': { en: 'There is no such job', zh: '无此批量作业' },
};
const refuse = refuser(refusals);

/** How far a job has come; undefined before it was begun. */
export type FanOutJob =
  | {
      readonly fanOut: string;
      readonly cause: Place;
      /** The last target that was dealt with. */
      readonly cursor?: string;
      readonly done: number;
      readonly refused: number;
      /** The ids of the targets that failed. */
      readonly parked: readonly string[];
      readonly finished: boolean;
    }
  | undefined;

type Begun = NonNullable<FanOutJob>;
type Event = Decided<typeof shapes>;
type Outcomes = Extract<Event, { type: 'FanOutRetried' }>['data'];

const counted = (job: Begun, { done, refused }: Outcomes, parked: readonly string[]): Begun => ({
  ...job,
  done: job.done + done,
  refused: job.refused + refused.length,
  parked,
});
const idsOf = ({ parked }: Outcomes): string[] => parked.map(({ id }) => id);

/** The progress of one job, and what people decide about the targets that failed in it. */
export const fanOutJob: Decider<FanOutJob, typeof fanOutCommands, typeof shapes> = {
  events: fanOutEvents,
  initial: undefined,
  commands: fanOutCommands,
  refusals,
  evolve: {
    FanOutStarted: (_, { fanOut, cause }) => ({
      ...{ fanOut, cause, done: 0, refused: 0, parked: [], finished: false },
    }),
    FanOutAdvanced: (job, { cursor, ...outcomes }) =>
      job && { ...counted(job, outcomes, [...job.parked, ...idsOf(outcomes)]), cursor },
    FanOutFinished: (job) => job && { ...job, finished: true },
    FanOutRetryRequested: (job) => job,
    // What was skipped while it was asked again stays out.
    FanOutRetried: (job, outcomes) =>
      job &&
      counted(
        job,
        outcomes,
        job.parked.filter((id) => idsOf(outcomes).includes(id)),
      ),
    FanOutTargetSkipped: (job, { target }) =>
      job && { ...job, parked: job.parked.filter((id) => id !== target) },
  },
  decide: {
    StartFanOut: (job, data) => (job ? [] : [{ type: 'FanOutStarted', data }]),
    // A page that was noted by another process meanwhile does not begin where the last one ended.
    AdvanceFanOut: (job, { after, ...data }) =>
      begun(job).cursor === after ? [{ type: 'FanOutAdvanced', data }] : [],
    FinishFanOut: (job) => finish(begun(job)),
    RecordFanOutRetry: (job, data) => (begun(job).parked.length > 0 ? [{ type: 'FanOutRetried', data }] : []),
    RetryFanOut(job) {
      const { fanOut, parked } = begun(job);
      return parked.length > 0 ? [{ type: 'FanOutRetryRequested', data: { fanOut } }] : [];
    },
    SkipFanOutTarget: (job, { target }) =>
      begun(job).parked.includes(target) ? [{ type: 'FanOutTargetSkipped', data: { target } }] : [],
  },
  deadlines: {
    FanOutStarted: none,
    FanOutAdvanced: none,
    FanOutFinished: none,
    FanOutRetryRequested: none,
    FanOutRetried: none,
    FanOutTargetSkipped: none,
  },
  subjects: (job, id) => [`fanout:${id}`, ...(job ? [`reaction:${job.fanOut}`] : [])],
};

function begun(job: FanOutJob): Begun {
  return job ?? refuse('fan-out-unknown', 'No job with this id has been begun.');
}

function finish({ finished, done, refused, parked }: Begun): Event[] {
  if (finished) return [];
  const found = done + refused + parked.length;
  return [{ type: 'FanOutFinished', data: { found, done, refused, parked: parked.length } }];
}
