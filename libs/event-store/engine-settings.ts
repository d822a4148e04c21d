import { z } from 'zod';
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
};
