/** What one process takes upon itself. Whoever meets a limit is told which. */
export interface Limits {
  /** An event with its envelope, in bytes as it is stored. */
  readonly eventBytesMax: number;
  /** Events in one stream: every cold command reads all of them. What falls due is stored beyond it all the same. */
  readonly streamEventsMax: number;
  /** Aggregates that are kept in memory, in bytes as far as they can be weighed. */
  readonly cacheBytesMax: number;
}

export const defaultLimits: Limits = {
  eventBytesMax: 65_536,
  streamEventsMax: 10_000,
  cacheBytesMax: 67_108_864,
};

/**
 * What one append may take: the least that any server of the line accepts, `MaxAppendSize` of 1 MiB
 * (data, metadata and twice the characters of the type of each event).
 */
export const APPEND_BYTES_MAX = 1_048_576;

/** A command went beyond what this system stores. Nothing was written. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';

  constructor(
    readonly limit: 'event-bytes' | 'stream-events',
    what: string,
  ) {
    super(what);
  }
}
