import type { DataSource } from 'typeorm';
import { eventTables } from '#contexts/events';
import { migrations, projections } from '#contexts/tables';
import { catalogueOf } from '#event-store/decode';
import { logEvents } from '#event-store/log-events';
import { openViews } from '#projection/open-views';
import type { Runner } from '#projection/runner';
import { TablesModule } from '#projection/tables-module';
import { serve, type Served } from '#web/serve';
import { readSettings, webSettings } from '#web/settings';
import { QueriesModule } from '../../apps/queries/queries.module.js';
import { draft, greyZone, record, renewedTwice, withdrawn } from './contract-lives.js';
import { MemoryLog } from './memory-log.js';
import { freshDatabase } from './postgres.js';
import { logId, reached, run, silent, stopAll } from './projecting.js';

/** The contracts of the log: one that has ended, one in force, one with a notice in the grey zone, one that is a draft. */
export const ended = '5f0c7a52-6c0a-4d63-9d0b-000000000001';
export const running = '5f0c7a52-6c0a-4d63-9d0b-000000000002';
export const disputed = '5f0c7a52-6c0a-4d63-9d0b-000000000003';
export const drafted = '5f0c7a52-6c0a-4d63-9d0b-000000000004';
export const nobody = '5f0c7a52-6c0a-4d63-9d0b-0000000000ff';

/** The queries on a real Postgres, whose tables are made from a log in memory once `project` is called. */
export class ServedQueries {
  readonly log = filledLog();

  private constructor(
    private readonly database: Awaited<ReturnType<typeof freshDatabase>>,
    readonly dataSource: DataSource,
    private readonly served: Served,
  ) {}

  static async start(): Promise<ServedQueries> {
    const database = await freshDatabase();
    const dataSource = await openViews(database.url, projections, migrations);
    const served = await serve([TablesModule.of(dataSource), QueriesModule], {
      settings: readSettings(webSettings, { PORT: '0', LOG_LEVEL: 'silent' }),
      api: { title: 'Queries', version: '1' },
      tell: () => undefined,
      logger: silent,
    });
    return new ServedQueries(database, dataSource, served);
  }

  async project(): Promise<Runner> {
    const runner = run(this.dataSource, this.log, {
      projections,
      catalogue: catalogueOf([logEvents, ...eventTables]),
    });
    await reached(runner, this.log.head);
    return runner;
  }

  async stop(): Promise<void> {
    await this.served.close();
    await stopAll();
    await this.dataSource.destroy();
    await this.database.drop();
  }

  async get(
    path: string,
    headers: Record<string, string> = {},
    roles = ['contract-supervisor', 'policy-owner'],
  ) {
    const token = (await this.served.issueDevelopmentToken?.(roles, 'staff:1')) ?? '';
    const response = await fetch(`${this.served.url}${path}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }
}

const lockHeld = () => greyZone().events.findIndex(({ type }) => type === 'RenewalLockHeld');
const untilHeld = () => greyZone().events.slice(0, lockHeld());
/** What follows for the disputed contract while nobody decides on the notice. */
export const held = () => greyZone().events.slice(lockHeld(), lockHeld() + 1);

function filledLog(): MemoryLog {
  const log = new MemoryLog();
  const started = { logId, simulated: true, clockAt: '2025-01-01T00:00:00.000Z' };
  log.append('log', 'main', 'LogStarted', started);
  log.append('log', 'main', 'ClockAdvanced', { to: '2026-06-01T00:00:00.000Z' });
  propose(log, 1, '10000', '2025-01-01T00:00:00.000Z');
  propose(log, 2, '10086', '2026-05-31T16:00:00.000Z');
  propose(log, 3, '12345', '2026-12-31T16:00:00.000Z');
  propose(log, 4, '12346');
  record(log, ended, renewedTwice().events);
  record(log, running, withdrawn().events);
  record(log, disputed, untilHeld());
  record(log, drafted, draft().events);
  return log;
}

function propose(log: MemoryLog, version: number, hotline: string, activeFrom?: string): void {
  const values = { hotline };
  log.append('policy', 'carrier', 'PolicyProposed', { version, values }, { actor: 'staff:owner' });
  if (!activeFrom) return;
  log.append('policy', 'carrier', 'PolicyActivated', { version, activeFrom }, { actor: 'staff:boss' });
}
