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
  'target-not-parked': { en: 'The target is not parked', zh: '该对象未被搁置' },
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

const counted = (job: Begun, { done, refused, parked }: Outcomes, before: readonly string[]): Begun => ({
  ...job,
  done: job.done + done,
  refused: job.refused + refused.length,
  parked: [...before, ...parked.map(({ id }) => id)],
});

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
      job && { ...counted(job, outcomes, job.parked), cursor },
    FanOutFinished: (job) => job && { ...job, finished: true },
    FanOutRetryRequested: (job) => job,
    FanOutRetried: (job, outcomes) => job && counted(job, outcomes, []),
    FanOutTargetSkipped: (job, { target }) =>
      job && { ...job, parked: job.parked.filter((id) => id !== target) },
  },
  decide: {
    StartFanOut: (job, data) => (job ? [] : [{ type: 'FanOutStarted', data }]),
    // A page that was noted by another process meanwhile does not begin where the last one ended.
    AdvanceFanOut: (job, { after, ...data }) =>
      begun(job).cursor === after ? [{ type: 'FanOutAdvanced', data }] : [],
    FinishFanOut: (job) => finish(begun(job)),
    RecordFanOutRetry: (job, data) =>
      begun(job).parked.length > 0 ? [{ type: 'FanOutRetried', data }] : [],
    RetryFanOut: (job) =>
      begun(job).parked.length > 0 ? [{ type: 'FanOutRetryRequested', data: {} }] : [],
    SkipFanOutTarget(job, { target }) {
      if (!begun(job).parked.includes(target))
        refuse('target-not-parked', `${target} is not among the parked targets of this job.`);
      return [{ type: 'FanOutTargetSkipped', data: { target } }];
    },
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
