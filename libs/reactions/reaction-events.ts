import { z } from 'zod';
import { eventTable } from '#kernel/message';
import { id, publicText, reasonCode, reference } from '#kernel/text';
import { positionText } from '#projection/care-events';

/**
 * An event of the log, and where it stands. The position alone would not do: a log that is moved to another server keeps
 * its streams and revisions, and has other positions.
 */
export const place = z.object({
  eventId: id,
  stream: reference,
  revision: positionText,
  position: positionText,
});
export type Place = z.output<typeof place>;

/** The first command that a target did not survive: nothing of this reaction goes to that target until a person says how. */
export const parked = z.object({ at: place, target: reference, command: reference, cause: publicText(300) });
export type Parked = z.output<typeof parked>;

/** A "no" of the rules. It is final: the same command is not put again. */
export const refused = z.object({
  at: place,
  target: reference,
  command: reference,
  commandId: id,
  code: reasonCode,
});
export type Refused = z.output<typeof refused>;

/**
 * Everything that a successor needs in order to go on. Each event that says where a reaction stands holds all of it, so that
 * whoever takes over reads a stream of any length from its end back to the last such event, and no further.
 */
export const standing = z.object({
  version: z.int().min(1),
  /** Raised by each change of owner. */
  epoch: z.int().min(0),
  /** The process that works; absent when the last one gave it back. */
  owner: id.optional(),
  /** Everything up to and including this event is done, refused or parked. Absent: nothing is. */
  after: place.optional(),
  parked: z.array(parked),
  /** The refusals of events that come after that one, or whose target is parked: those that may be met again. */
  refused: z.array(refused),
});
export type Standing = z.output<typeof standing>;

/** How far a reaction has come, and what became of what it asked; the stream is named after it. Stored for ever. */
export const reactionEvents = eventTable('reaction', {
  ReactionStarted: standing.extend({ from: z.enum(['start', 'now']) }),
  ReactionTakenOver: standing,
  ReactionAdvanced: standing,
  ReactionReleased: standing,
  ReactionRefused: refused,
  ReactionParked: parked,
  /** What had been held back for a parked target has been done, refused or skipped. */
  ReactionResumed: z.object({ target: reference }),
});
