import { z } from 'zod';
import { eventTable } from '#kernel/message';
import { publicText } from '#kernel/text';

/** The how-manieth rebuild of a projection that people have asked for. */
export const generation = z.int().min(1);

/** A place in the log as text, since JSON has no 64-bit numbers. */
export const positionText = z
  .string()
  .regex(/^\d{1,19}$/, 'a position in the log: 1-19 digits')
  .meta({ public: true });

/** The key that parked events share: that of the projection, or the stream. */
export const parkedKey = publicText(250);

/** What people have decided about a projection's table; the stream is named after it. The reason stands in the envelope. */
export const projectionEvents = eventTable('projection', {
  RebuildRequested: z.object({ generation }),
  RebuildCancelled: z.object({ generation }),
  /** The table that was live before this rebuild's took its place is live again. */
  RebuildRolledBack: z.object({ generation }),
  /** What is parked under the key at this place of the log is applied once more, in its order. */
  ParkedRetryRequested: z.object({ key: parkedKey }),
  /**
   * What is parked under the key at this place of the log, up to this position, never becomes rows, and what follows is applied
   * once more: now, and in every later rebuild that parks the same. What a later release can apply is not parked, and stays.
   */
  ParkedSkipped: z.object({ key: parkedKey, upTo: positionText }),
});
