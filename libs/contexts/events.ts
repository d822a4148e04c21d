import { contractDeadlines } from '#contract/deadlines';
import { contractEvents } from '#contract/events';
import type { AnyDecider } from '#kernel/decider';
import type { EventTable } from '#kernel/message';
import { policyDeadlines } from '#policy/deadlines';
import { policyEvents } from '#policy/events';
import { projectionEvents } from '#projection/care-events';
import { fanOutEvents } from '#reactions/fan-out-events';
import { reactionEvents } from '#reactions/reaction-events';
import { repairEvents } from '#reactions/repair-events';
import { timerEvents } from '#timers/care-events';

/** The events of every context; the log's own come with the engine. */
export const eventTables: readonly EventTable[] = [
  contractEvents,
  policyEvents,
  timerEvents,
  projectionEvents,
  reactionEvents,
  repairEvents,
  fanOutEvents,
];

/** What falls due after which event, of every context that knows time. */
export const timetables: readonly Pick<AnyDecider, 'events' | 'deadlines'>[] = [
  { events: contractEvents, deadlines: contractDeadlines },
  { events: policyEvents, deadlines: policyDeadlines },
];
