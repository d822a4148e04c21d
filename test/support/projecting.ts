import pino from 'pino';
import type { DataSource } from 'typeorm';
import { openViews } from '#projection/open-views';
import type { Projection } from '#projection/projection';
import { runProjections, type Runner } from '#projection/runner';
import type { RunnerOptions } from '#projection/runner-options';
import { accountDays, accounts, catalogue } from './accounts.js';
import type { MemoryLog } from './memory-log.js';

export const logId = '7d1f2a90-5a52-4b8f-9e0e-1d3f5c7d0aff';
export const silent = pino({ level: process.env['LOG'] ?? 'silent' });

export const connect = (url: string, projections: readonly Projection[]): Promise<DataSource> =>
  openViews(url, projections, []);

export const bothTables = [accounts, accountDays];

/** Runs the account tables on a log, with what a test wants otherwise. */
export function run(dataSource: DataSource, log: MemoryLog, other: Partial<RunnerOptions> = {}): Runner {
  const runner = runProjections({
    source: log.source(),
    dataSource,
    projections: bothTables,
    catalogue,
    logId,
    verify: log.verify,
    eventAt: log.eventAt,
    log: silent,
    ...other,
  });
  running.push(runner);
  return runner;
}

const running: Runner[] = [];

/** Ends every runner of the test, also when it failed half way. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((runner) => runner.stop()));
}

/** Waits for a condition, looking again and again. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = () => '',
  limitMs = 15_000,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`this never came true: ${condition.toString()} ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until the runner has committed up to a position, or fails with what stopped it. */
export async function reached(runner: Runner, position: bigint): Promise<void> {
  const there = () => {
    const status = runner.status();
    if (status.failure) throw status.failure;
    return status.position !== undefined && status.position >= position;
  };
  await until(there, () => String(runner.status().lastError));
}

/** Every row of the projected tables, in the order of their keys. */
export async function contents(dataSource: DataSource): Promise<unknown> {
  return {
    accounts: await dataSource.query('SELECT * FROM views.accounts ORDER BY id'),
    days: await dataSource.query('SELECT * FROM views.account_days ORDER BY id, day'),
    streams: await dataSource.query(
      `SELECT stream, revision FROM views.streams WHERE reader_group = 'projections' ORDER BY stream`,
    ),
  };
}

/** Waits until a runner has stopped by itself, and says why. */
export async function failure(runner: Runner): Promise<Error | undefined> {
  await until(
    () => runner.status().state === 'stopped',
    () => String(runner.status().lastError),
  );
  return runner.status().failure;
}
