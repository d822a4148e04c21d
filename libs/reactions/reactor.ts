import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isFinal, TakenOver } from './errors.js';
import { Journal } from './journal.js';
import type { ReactorOptions } from './reactor-options.js';
import { StandBy } from './stand-by.js';
import { StatusBoard } from './status-board.js';
import type { ReactorStatus } from './status.js';
import { Tenure } from './tenure.js';

export interface Reactor {
  status(): ReactorStatus;
  /** Ends it after what is under way; what was not begun is done by whoever comes next. */
  stop(): Promise<void>;
  /** Resolves when it has ended, asked to or not: `status().failure` says which. Never rejects. */
  readonly done: Promise<void>;
}

const firstRetryMs = 50;
const longestRetryMs = 5_000;

/** Keeps up with the log for one reaction or fan-out, or stands by for the process that does. */
export function runReactor(options: ReactorOptions): Reactor {
  const stopping = new AbortController();
  const journal = new Journal(options.engine, options.follower);
  const board = new StatusBoard(options.follower.name, journal);
  const done = supervise(options, journal, board, stopping.signal);
  return { status: () => board.status(), stop: () => (stopping.abort(), done), done };
}

async function supervise(
  options: ReactorOptions,
  journal: Journal,
  board: StatusBoard,
  signal: AbortSignal,
): Promise<void> {
  const { log, follower } = options;
  const owner = randomUUID();
  for (let retryMs = firstRetryMs; !signal.aborted;) {
    try {
      await takeTurn(options, journal, board, owner, signal);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (signal.aborted) break;
      if (isFinal(error)) {
        log.error({ err: error, reaction: follower.name }, 'A reaction has stopped');
        board.failure = error;
        break;
      }
      if (error instanceof TakenOver) continue;
      if (board.state === 'live') retryMs = firstRetryMs;
      log.warn({ err: error, reaction: follower.name }, 'A reaction resumes from its progress');
      board.lastError = error;
      board.state = 'retrying';
      await pause(retryMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      retryMs = Math.min(longestRetryMs, 2 * retryMs);
    }
  }
  board.state = 'stopped';
}

/** One turn of work, after standing by for as long as somebody else is at it. */
async function takeTurn(
  options: ReactorOptions,
  journal: Journal,
  board: StatusBoard,
  me: string,
  signal: AbortSignal,
): Promise<void> {
  const { owner, version } = await journal.open();
  if ((owner !== undefined && owner !== me) || version > options.follower.version) {
    board.state = 'standing-by';
    await new StandBy(options, journal, signal).untilNeeded();
    if (signal.aborted) return;
    await journal.open();
  }
  await journal.takeOver(me);
  await new Tenure(options, journal, board, signal).toTheEnd();
}
