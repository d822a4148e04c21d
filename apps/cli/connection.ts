import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { userInfo } from 'node:os';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { eventTables } from '#contexts/events';
import { migrations, projections } from '#contexts/tables';
import { findStores } from '#embedded/find-stores';
import { embeddedSettings } from '#embedded/settings';
import type { Stores } from '#embedded/stores';
import type { Cause } from '#event-store/ask';
import { openEngine, type Engine } from '#event-store/engine';
import { engineSettings } from '#event-store/engine-settings';
import { systemCause } from '#event-store/log';
import type { EventStore } from '#event-store/store';
import { openViews } from '#projection/open-views';
import { databaseSettings } from '#projection/settings';
import { hasViews } from '#projection/views';
import { Opened } from '#web/opened';
import { readSettings } from '#web/settings';
import { withLog } from './copying.js';

/** What the command line is told by its environment: the same variables as the applications. */
const settings = z.object({
  ...embeddedSettings,
  SIMULATED_FROM: engineSettings.SIMULATED_FROM,
  EVENTSTORE_URL: engineSettings.EVENTSTORE_URL.optional(),
  DATABASE_URL: databaseSettings.DATABASE_URL.optional(),
});

export interface Connection {
  readonly engine: Engine;
  readonly dataSource: DataSource;
}

/** Does some work at the stores of the running application, those given by URL, or the data folder's own. Opens neither. */
export async function atStores<T>(
  work: (stores: Omit<Stores, 'stop'>, opened: Opened) => Promise<T>,
): Promise<T> {
  const given = readSettings(settings, process.env);
  const opened = new Opened();
  try {
    const finding = findStores({
      dataDir: resolve(given.DATA_DIR),
      secureEventStore: given.EMBEDDED_SECURE,
      eventStoreUrl: given.EVENTSTORE_URL,
      databaseUrl: given.DATABASE_URL,
      log: () => undefined,
    });
    return await work(await opened.keep(finding, (stores) => stores.stop()), opened);
  } finally {
    await opened.close();
  }
}

/** Does some work with the log and the tables. Throws a sentence when the log is empty: to begin it is for the application. */
export function connected<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const { SIMULATED_FROM: simulatedFrom } = readSettings(settings, process.env);
  return atStores(async ({ eventStoreUrl, databaseUrl }, opened) => {
    await withLog(eventStoreUrl, mustHaveBegun);
    const opening = openEngine({ eventStoreUrl, events: eventTables, simulatedFrom });
    const engine = await opened.keep(opening, (engine) => engine.close());
    const views = openViews(databaseUrl, projections, migrations);
    return await work({ engine, dataSource: await opened.keep(views, (source) => source.destroy()) });
  });
}

async function mustHaveBegun(log: EventStore): Promise<void> {
  if ((await log.head()) === undefined)
    throw new Error('The log is empty: the application begins it when it starts.');
}

/** Does some work with the log and tables that were built some time. Throws a sentence when they never were. */
export function withTables<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  return connected(async (connection) => {
    if (await hasViews(connection.dataSource)) return await work(connection);
    throw new Error(
      'This database has no tables yet: the projections build them from the log when they start.',
    );
  });
}

/** Whether the environment names an installation, or its data folder is there. */
export function hasInstallation(): boolean {
  const { DATA_DIR, DATABASE_URL } = readSettings(settings, process.env);
  return DATABASE_URL !== undefined || existsSync(DATA_DIR);
}

/** The cause of what a person at the command line asks for: whoever reaches the stores is an operator. */
export function operatorCause(reason: string): Cause {
  return {
    ...systemCause('system:cli'),
    actor: `cli:${userInfo().username}`,
    authority: 'operator',
    reason: { code: reason },
  };
}
