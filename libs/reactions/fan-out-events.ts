import { z } from 'zod';
import { eventTable } from '#kernel/message';
import { publicText, reasonCode, reference } from '#kernel/text';
import { positionText } from '#projection/care-events';
import { place } from './reaction-events.js';

const count = z.int().min(0);
const outcomes = {
  /** How many were asked and did not refuse or fail. */
  done: count,
  refused: z.array(z.object({ id: reference, code: reasonCode })),
  parked: z.array(z.object({ id: reference, cause: publicText(300) })),
};

/** How a job stands that puts one command to each of many aggregates, page by page. Stored for ever. */
export const fanOutEvents = eventTable('fanout', {
  FanOutStarted: z.object({
    /** The name of the fan-out, and the event that this job was begun by. */
    fanOut: reference,
    cause: place,
    command: reference,
    /** What the list of targets reflected of the log when it was begun: at least the cause. */
    asOf: positionText,
  }),
  /** One page of targets is over; the cursor is the last of them. */
  FanOutAdvanced: z.object({ cursor: reference, ...outcomes }),
  /** `found` is 0 when there was nobody to ask. */
  FanOutFinished: z.object({ found: count, done: count, refused: count, parked: count }),
  FanOutRetryRequested: z.object({ fanOut: reference }),
  /** What became of the parked targets that were asked again. */
  FanOutRetried: z.object(outcomes),
  FanOutTargetSkipped: z.object({ target: reference }),
});
