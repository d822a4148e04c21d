import type { Instant } from '#kernel/time';
import type { RebuildStatus } from './rebuild/progress.js';

/** Where the engine says what it does: a pino logger. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type RunnerState =
  /** Making tables, reading checkpoints. */
  | 'starting'
  /** Another runner holds the lease. */
  | 'standing-by'
  | 'catching-up'
  | 'live'
  /** The log or the database failed; it is tried again shortly. */
  | 'retrying'
  /** For good: asked to, or `failure` says why. */
  | 'stopped';

export interface RunnerStatus {
  readonly state: RunnerState;
  /** Everything up to here has been read and committed. */
  readonly position: bigint | undefined;
  /** When the last event up to there was recorded. */
  readonly eventAt: Instant | undefined;
  /**
   * How far behind, in ms: the age of that event while catching up; live, how long the oldest batch has waited for its commit.
   * Not a proof of completeness: that is what `Hole` is for.
   */
  readonly lagMs: number | undefined;
  readonly projections: readonly {
    readonly name: string;
    readonly version: number;
    readonly position: bigint | undefined;
    readonly state: 'live' | 'behind' | 'building' | 'stopped';
    /** What its table lacks, since it could not be applied. */
    readonly parked: { readonly keys: number; readonly events: number };
    /** Why it has stopped while the others go on. */
    readonly failure: Error | undefined;
  }[];
  /** The tables that are being built beside the live ones. */
  readonly rebuild: RebuildStatus | undefined;
  /** What stopped the last rebuild: the live tables go on. */
  readonly rebuildFailure: Error | undefined;
  /** What it last had to try again after. */
  readonly lastError: Error | undefined;
  /** What stopped it: says by its type and message which projection, position and event. */
  readonly failure: Error | undefined;
}

/** One committed batch, for metrics. */
export interface BatchReport {
  readonly events: number;
  /** From the folded batch to its commit. */
  readonly writeMs: number;
  readonly position: bigint;
  readonly live: boolean;
}
