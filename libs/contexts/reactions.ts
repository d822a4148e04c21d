import type { Reaction } from '#kernel/reaction';
import type { FanOut } from '#reactions/fan-out';

/** What the system does by itself when something has happened, in every context. None of them needs it yet. */
export const reactions: readonly Reaction[] = [];

/** What it then does for many aggregates. */
export const fanOuts: readonly FanOut[] = [];
