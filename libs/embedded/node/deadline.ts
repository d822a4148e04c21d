import type { AppendOutcome } from './log.js';

/** How long the server waits for its own disk before it answers that it does not know. */
export const WRITE_TIMEOUT_MS = 2000;

/** The outcome, or `timeout` if it is not there in time; what was written may then be stored all the same. */
export function withinTime(
  outcome: Promise<AppendOutcome>,
  timeoutMs: number,
): Promise<AppendOutcome | 'timeout'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, timeoutMs, 'timeout');
    outcome.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
