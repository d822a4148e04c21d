import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { DecodeError, type Catalogue } from '#event-store/decode';
import type { LogSource } from '#event-store/source';
import { Stopped } from './errors.js';
import type { Projection } from './projection.js';
import { Run } from './run.js';
import type { BatchReport, Log, RunnerStatus } from './status.js';
import { StatusBoard } from './status-board.js';

export interface RunnerOptions {
  readonly source: LogSource;
  /** From `openViews`. Uses three of its pool's connections. */
  readonly dataSource: DataSource;
  readonly projections: readonly Projection[];
  readonly catalogue: Catalogue;
  /** The log's UUID: tables made from another log are not continued. */
  readonly logId: string;
  /** Whether exactly this event is at this position of the log. */
  readonly verify: (position: bigint, eventId: string) => Promise<boolean>;
  readonly log: Log;
  /** Ends it like `stop`. */
  readonly signal?: AbortSignal;
  /** Those who share a name stand by for each other. */
  readonly readerGroup?: string;
  /** How many events a batch holds at most; below 20,000. */
  readonly batchMax?: number;
  /** After how long without a heartbeat another runner takes over. */
  readonly leaseMs?: number;
  readonly onBatch?: (report: BatchReport) => void;
}

export interface Runner {
  status(): RunnerStatus;
  /** Ends it after the batch that is being written. */
  stop(): Promise<void>;
  /** Resolves when it has ended, asked to or not: `status().failure` says which. Never rejects. */
  readonly done: Promise<void>;
}

const firstRetryMs = 50;
const longestRetryMs = 5_000;

/** Keeps the tables of some projections in step with the log until it is stopped or must stop itself. */
export function runProjections(options: RunnerOptions): Runner {
  const stopping = new AbortController();
  const signal = options.signal ? AbortSignal.any([stopping.signal, options.signal]) : stopping.signal;
  const board = new StatusBoard(options.projections);
  const done = supervise(options, board, signal);
  return {
    status: () => board.status(),
    stop: () => (stopping.abort(), done),
    done,
  };
}

/** Error, end and silence of the log, and errors of the database, all lead to the same: resume from the checkpoint. */
async function supervise(options: RunnerOptions, board: StatusBoard, signal: AbortSignal): Promise<void> {
  const owner = randomUUID();
  let attempt = 0;
  while (!signal.aborted) {
    const before = board.status().position;
    try {
      await new Run(options, board, owner, signal).toTheEnd();
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (error instanceof Stopped || error instanceof DecodeError) {
        options.log.error({ err: error }, 'The projections have stopped');
        return board.stopped(error);
      }
      if (signal.aborted) break;
      attempt = board.status().position === before ? attempt + 1 : 1;
      options.log.warn({ err: error, attempt }, 'The projections resume from their checkpoint');
      board.retrying(error);
      const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempt - 1));
      await pause(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }
  board.stopped(undefined);
}
