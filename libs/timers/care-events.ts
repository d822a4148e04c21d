import { z } from 'zod';
import { derivedId } from '#event-store/ids';
import { eventTable } from '#kernel/message';
import { publicText, reference } from '#kernel/text';
import { instant } from '#kernel/time';

/** Which deadline: its aggregate's stream, the command that the aggregate is asked, and which one of its kind. */
export const deadlineKey = z.object({
  stream: reference,
  command: reference,
  generation: publicText(120),
});
export type DeadlineKey = z.output<typeof deadlineKey>;

/** The id of a deadline's timer. What a person decides about it is a stream of its own, apart from the aggregate's. */
export const timerIdOf = ({ stream, command, generation }: DeadlineKey): string =>
  derivedId('timer', stream, command, generation);

/** What a person has decided about the timer of a deadline. Stored for ever; the reason stands in the envelope. */
export const timerEvents = eventTable('timer', {
  TimerHeld: deadlineKey,
  TimerReleased: deadlineKey.extend({
    /** The parking that it ends, told by the instant of it; absent when it was not parked. */
    parkedAt: instant.optional(),
  }),
  TimerSkipped: deadlineKey,
});
