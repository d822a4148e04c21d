import { z } from 'zod';
import { eventTable } from '#kernel/message';
import { id } from '#kernel/text';
import { instant } from '#kernel/time';

/** What the log says of itself: its identity, and the business clock when it is a simulated one. */
export const logEvents = eventTable('log', {
  LogStarted: z.object({ logId: id, simulated: z.boolean(), clockAt: instant }),
  ClockAdvanced: z.object({ to: instant }),
});
