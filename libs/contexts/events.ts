import { deadlines as contractDeadlines } from '#contract/deadlines';
import { events as contractEvents } from '#contract/events';
import { logEvents } from '#event-store/log-events';
import type { AnyDecider } from '#kernel/decider';
import type { EventTable } from '#kernel/message';
import { policyDeadlines } from '#policy/deadlines';
import { policyEvents } from '#policy/events';

/** Every event of the system: for the processes that read. */
export const eventTables: readonly EventTable[] = [logEvents, contractEvents, policyEvents];

/** What falls due after which event, of every context that knows time. */
export const timetables: readonly Pick<AnyDecider, 'events' | 'deadlines'>[] = [
  { events: contractEvents, deadlines: contractDeadlines },
  { events: policyEvents, deadlines: policyDeadlines },
];
