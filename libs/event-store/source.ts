/** An event as it comes from the log, its JSON parsed and nothing else looked at. */
export interface RawEvent {
  readonly eventId: string;
  readonly stream: string;
  readonly type: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly data: unknown;
  readonly metadata: unknown;
}

/** What was ready when the reader asked: one event when live, thousands when behind. */
export interface LogBatch {
  readonly events: readonly RawEvent[];
  /** Everything up to and including this position is in this batch or in earlier ones. At least the last event's position. */
  readonly position: bigint;
  /** The reader has caught up with the log's head as it was when this batch was made. */
  readonly live: boolean;
}

/**
 * The application's events in log order, from after `from` (or from the start), without end.
 * It throws when the connection fails, ends or falls silent: the caller resumes from its own checkpoint.
 * The next batch is fetched while the caller works on the last one, and at most `batchMax` events wait.
 */
export type LogSource = (
  from: bigint | undefined,
  options: { readonly signal: AbortSignal; readonly batchMax: number },
) => AsyncIterable<LogBatch>;
