import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLiveProcess } from './process-record.js';
import { addressesFile, startStores, type Stores, type StoresOptions } from './stores.js';

/**
 * The stores of the application that works in this data folder at the moment, or the folder's own, started for this process.
 * What is given by URL is taken from there.
 */
export async function findStores(options: StoresOptions): Promise<Stores> {
  if (readLiveProcess(join(options.dataDir, 'lock.json')) === undefined) return startStores(options);
  // Written by `startStores` of this very release or a neighbour, and read by its owner only.
  const running = JSON.parse(readFileSync(addressesFile(options.dataDir), 'utf8')) as Omit<Stores, 'stop'>;
  return {
    eventStoreUrl: options.eventStoreUrl ?? running.eventStoreUrl,
    databaseUrl: options.databaseUrl ?? running.databaseUrl,
    stop: () => Promise.resolve(),
  };
}
