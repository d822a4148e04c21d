import type { DataSource } from 'typeorm';
import type { Catalogue } from '#event-store/decode';
import type { LogSource, RawEvent } from '#event-store/source';
import type { Projection } from './projection.js';
import type { BatchReport, Log } from './status.js';

export interface RunnerOptions {
  readonly source: LogSource;
  /** From `openViews`. Uses six of its pool's connections while it rebuilds, else three. */
  readonly dataSource: DataSource;
  readonly projections: readonly Projection[];
  readonly catalogue: Catalogue;
  /** The log's UUID: tables made from another log are not continued. */
  readonly logId: string;
  /** Whether exactly this event is at this position of the log. */
  readonly verify: (position: bigint, eventId: string) => Promise<boolean>;
  /** The event at exactly this position of the log: what is parked is read again when it is retried. */
  readonly eventAt: (position: bigint) => Promise<RawEvent | undefined>;
  readonly log: Log;
  /** Ends it like `stop`. */
  readonly signal?: AbortSignal;
  /** Those who share a name stand by for each other. */
  readonly readerGroup?: string;
  /** How many events a batch holds at most; below 20,000. */
  readonly batchMax?: number;
  /** After how long without a heartbeat another runner takes over. */
  readonly leaseMs?: number;
  /** How many keys a projection may have parked: the next one stops it. */
  readonly parkedKeysMax?: number;
  readonly onBatch?: (report: BatchReport) => void;
}
