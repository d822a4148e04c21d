import { z } from 'zod';
import type { CommandTable } from '#kernel/command';
import type { Decider } from '#kernel/decider';
import { none } from '#kernel/due';
import { repairEvents } from './repair-events.js';

const asked = { roles: ['operator'], sensitive: true } as const;
const repairCommands = {
  RetryReaction: {
    ...asked,
    shape: repairEvents.shapes.ReactionRetryRequested.strict(),
    route: 'POST /reactions/{id}/retry',
    does: 'Puts to a parked target once more what it was asked and failed at, and then all that has been held back since.',
  },
  SkipReaction: {
    ...asked,
    shape: repairEvents.shapes.ReactionSkipped.strict(),
    route: 'POST /reactions/{id}/skip',
    does: 'Leaves out for good what a parked target failed at, and goes on with what has been held back since.',
  },
} as const satisfies CommandTable;

/**
 * What people decide about the parked targets of one reaction. It is a stream of its own, apart from the reaction's progress: that
 * one has a single writer. What is not parked, or is parked at another event, is left as it is.
 */
export const repair: Decider<null, typeof repairCommands, typeof repairEvents.shapes> = {
  events: repairEvents,
  initial: null,
  commands: repairCommands,
  refusals: {},
  idShape: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,59}$/, 'the name of a reaction, such as rating-run')
    .meta({ public: true }),
  evolve: { ReactionRetryRequested: () => null, ReactionSkipped: () => null },
  decide: {
    RetryReaction: (_, data) => [{ type: 'ReactionRetryRequested', data }],
    SkipReaction: (_, data) => [{ type: 'ReactionSkipped', data }],
  },
  deadlines: { ReactionRetryRequested: none, ReactionSkipped: none },
  subjects: (_, id) => [`reaction:${id}`],
};
