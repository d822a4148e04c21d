import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from './child-run.js';
import { startEventStoreNode } from './event-store-node.js';
import { lockFolder } from './lock.js';
import type { Unlock } from './lock.js';
import { startPostgres } from './postgres.js';
import type { Store, StoreOptions } from './store.js';

export interface StoresOptions {
  /** The application's data folder; not touched when ephemeral, or when both stores are given by URL. */
  readonly dataDir: string;
  readonly ephemeral?: boolean;
  /** Whether the embedded event store has TLS, users and access lists. */
  readonly secureEventStore?: boolean;
  readonly eventStoreUrl?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly log: Log;
}

/** Where the application finds its two stores. */
export interface Stores {
  readonly eventStoreUrl: string;
  readonly databaseUrl: string;
  /** Stops what was started here, to be called after the last use of either. */
  stop(): Promise<void>;
}

/** Where a running application says how its stores are reached, for the command line. It holds a password: its owner's only. */
export const addressesFile = (dataDir: string): string => join(dataDir, 'addresses.json');

/**
 * Starts whichever store is not given by URL, both or none: when one fails, the other is stopped. A data folder has
 * one live application; a second start throws a sentence that names the first.
 */
export async function startStores(options: StoresOptions): Promise<Stores> {
  const { dataDir, ephemeral = false, secureEventStore = false, eventStoreUrl, databaseUrl, log } = options;
  const bothGiven = eventStoreUrl !== undefined && databaseUrl !== undefined;
  const kept = !ephemeral && !bothGiven;
  const unlock = kept ? await lock(dataDir) : () => undefined;
  const folder = (name: string): StoreOptions => ({ dataDir: join(dataDir, name), ephemeral, log });
  const [eventStore, database] = await Promise.allSettled([
    eventStoreUrl === undefined
      ? startEventStoreNode({ ...folder('event-store'), secure: secureEventStore })
      : given(eventStoreUrl),
    databaseUrl === undefined ? startPostgres(folder('postgres')) : given(databaseUrl),
  ]);
  const stop = async (): Promise<void> => {
    // The log is the truth, so it is the last to go.
    if (database.status === 'fulfilled') await database.value.stop();
    if (eventStore.status === 'fulfilled') await eventStore.value.stop();
    if (kept) rmSync(addressesFile(dataDir), { force: true });
    unlock();
  };
  if (eventStore.status === 'fulfilled' && database.status === 'fulfilled') {
    const found = { eventStoreUrl: eventStore.value.url, databaseUrl: database.value.url };
    if (kept) writeFileSync(addressesFile(dataDir), JSON.stringify(found), { mode: 0o600 });
    return { ...found, stop };
  }
  await stop();
  const failures = [eventStore, database].flatMap((s) => (s.status === 'rejected' ? [s.reason] : []));
  throw new AggregateError(failures, failures.map(String).join('; '));
}

async function lock(dataDir: string): Promise<Unlock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return lockFolder(await realpath(dataDir));
}

/** A server that someone else runs: there is nothing to start, and nothing to stop. */
function given(url: string): Pick<Store, 'url' | 'stop'> {
  return { url, stop: () => Promise.resolve() };
}
