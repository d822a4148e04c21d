import { z } from 'zod';
import type { CommandTable } from '#kernel/command';
import type { Decider } from '#kernel/decider';
import { none } from '#kernel/due';
import { refuser } from '#kernel/refusal';
import { parkedKey, positionText, projectionEvents } from './care-events.js';

const asked = { roles: ['operator'], sensitive: true } as const;
const projectionCommands = {
  RebuildProjection: {
    ...asked,
    shape: z.strictObject({}),
    route: 'POST /projections/{id}/rebuild',
    does: 'Builds the table again beside the live one, and puts it in its place once it has caught up.',
  },
  CancelRebuild: {
    ...asked,
    shape: z.strictObject({}),
    route: 'POST /projections/{id}/cancel-rebuild',
    does: 'Gives up the rebuild that was asked for last, unless its table is live already.',
  },
  RollBackRebuild: {
    ...asked,
    shape: z.strictObject({}),
    route: 'POST /projections/{id}/roll-back',
    does: 'Makes the table live again that was live before the last rebuild.',
  },
  RetryParked: {
    ...asked,
    shape: z.strictObject({ key: parkedKey }),
    route: 'POST /projections/{id}/retry-parked',
    does: 'Applies what is parked under a key once more, in its order.',
  },
  SkipParked: {
    ...asked,
    shape: z.strictObject({ key: parkedKey, upTo: positionText }),
    route: 'POST /projections/{id}/skip-parked',
    does: 'Leaves what is parked under a key out of the table for good, up to a position, and goes on after it.',
  },
} as const satisfies CommandTable;

const refusals = {
  'no-rebuild': { en: 'No rebuild was asked for', zh: '未申请重建' },
};
const refuse = refuser(refusals);

export interface ProjectionCare {
  /** The last rebuild that was asked for; 0: none. */
  readonly generation: number;
  readonly is: 'wanted' | 'cancelled' | 'rolled-back';
}

/**
 * What people decide about the table of one projection. Whoever writes the tables acts on it; the log keeps it, so that a table
 * that is lost is built again under the same decisions.
 */
export const projectionCare: Decider<
  ProjectionCare,
  typeof projectionCommands,
  typeof projectionEvents.shapes
> = {
  events: projectionEvents,
  initial: { generation: 0, is: 'wanted' },
  commands: projectionCommands,
  refusals,
  idShape: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,59}$/, 'the name of a projection, such as audit-index')
    .meta({ public: true }),
  evolve: {
    RebuildRequested: (_, { generation }) => ({ generation, is: 'wanted' }),
    RebuildCancelled: (state) => ({ ...state, is: 'cancelled' }),
    RebuildRolledBack: (state) => ({ ...state, is: 'rolled-back' }),
    ParkedRetryRequested: (state) => state,
    ParkedSkipped: (state) => state,
  },
  decide: {
    RebuildProjection: ({ generation }) => [
      { type: 'RebuildRequested', data: { generation: generation + 1 } },
    ],
    CancelRebuild: (state) =>
      given(state).is === 'wanted' ? [{ type: 'RebuildCancelled', data: generationOf(state) }] : [],
    RollBackRebuild: (state) =>
      // Also after it was cancelled: a cancellation that came too late has left the new table live.
      given(state).is === 'rolled-back' ? [] : [{ type: 'RebuildRolledBack', data: generationOf(state) }],
    RetryParked: (_, data) => [{ type: 'ParkedRetryRequested', data }],
    SkipParked: (_, data) => [{ type: 'ParkedSkipped', data }],
  },
  deadlines: {
    RebuildRequested: none,
    RebuildCancelled: none,
    RebuildRolledBack: none,
    ParkedRetryRequested: none,
    ParkedSkipped: none,
  },
  subjects: (_, id) => [`projection:${id}`],
};

const generationOf = ({ generation }: ProjectionCare) => ({ generation });

function given(state: ProjectionCare): ProjectionCare {
  if (state.generation === 0) refuse('no-rebuild', 'Nobody has asked for a rebuild of this projection.');
  return state;
}
