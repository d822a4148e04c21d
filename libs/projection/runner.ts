import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DecodeError } from '#event-store/decode';
import { BatchRefused, Refused, Stopped } from './errors.js';
import { keepRebuilding } from './rebuild/keep-rebuilding.js';
import { Run, type Experience } from './run.js';
import type { RunnerOptions } from './runner-options.js';
import type { RunnerStatus } from './status.js';
import { StatusBoard } from './status-board.js';
import { Verdicts } from './verdicts.js';

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
  const owner = randomUUID();
  const ending = new AbortController();
  const rebuilds = keepRebuilding(options, owner, board, AbortSignal.any([signal, ending.signal]));
  const done = supervise(options, board, owner, signal).then(() => (ending.abort(), rebuilds));
  return {
    status: () => board.status(),
    stop: () => (stopping.abort(), done),
    done,
  };
}

/** Error, end and silence of the log, and errors of the database, all lead to the same: resume from the checkpoint. */
async function supervise(
  options: RunnerOptions,
  board: StatusBoard,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  const experience: Experience = { verdicts: new Verdicts(), hasRetried: false };
  let attempt = 0;
  while (!signal.aborted) {
    const before = board.status().position;
    try {
      await new Run(options, board, owner, experience, signal).toTheEnd();
    } catch (thrown) {
      const error = errorOf(thrown, experience);
      if (error instanceof Refused) {
        options.log.warn({ err: error }, 'Events are parked, since Postgres refuses their rows');
        continue;
      }
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

/** A refusal that teaches nothing new would be met again and again. */
function errorOf(thrown: unknown, { verdicts }: Experience): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (!(thrown instanceof Refused) || verdicts.add(thrown.verdicts)) return thrown;
  const [known] = thrown.verdicts;
  return new BatchRefused(undefined, known?.position, thrown.cause);
}
