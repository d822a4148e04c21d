import { z } from 'zod';
import { whole } from '#web/settings';
import { defaultLimits, type Limits } from './limits.js';
import { simulatedInstant } from './log.js';

/** What a process that uses the log reads from its environment. */
export const engineSettings = {
  EVENTSTORE_URL: z
    .string('a connection string such as esdb://host:2113?tls=true')
    .regex(
      /^(esdb|kurrentdb|kdb)(\+discover)?:\/\//,
      'a connection string such as esdb://host:2113?tls=true',
    ),
  /** The instant at which a new log's simulated clock starts; for demonstrations and tests only. */
  SIMULATED_FROM: simulatedInstant.optional(),
  EVENT_BYTES_MAX: whole(1_024, 1_000_000, 'bytes that an event may take').default(
    defaultLimits.eventBytesMax,
  ),
  STREAM_EVENTS_MAX: whole(10, 10_000_000, 'events that a stream may have').default(
    defaultLimits.streamEventsMax,
  ),
  CACHE_BYTES_MAX: whole(1_000_000, 100_000_000_000, 'bytes for aggregates in memory').default(
    defaultLimits.cacheBytesMax,
  ),
};

export interface LimitSettings {
  readonly EVENT_BYTES_MAX: number;
  readonly STREAM_EVENTS_MAX: number;
  readonly CACHE_BYTES_MAX: number;
}

export const limitsOf = (settings: LimitSettings): Limits => ({
  eventBytesMax: settings.EVENT_BYTES_MAX,
  streamEventsMax: settings.STREAM_EVENTS_MAX,
  cacheBytesMax: settings.CACHE_BYTES_MAX,
});
