import { z } from 'zod';
import { eventTable } from '#kernel/message';
import { id, reference } from '#kernel/text';

/** What people have decided about the parked targets of a reaction; the stream is named after it. The reason stands in the envelope. */
export const repairEvents = eventTable('repair', {
  ReactionRetryRequested: z.object({ target: reference }),
  /** What the target was asked because of this event is left out for good. */
  ReactionSkipped: z.object({ target: reference, eventId: id }),
});
