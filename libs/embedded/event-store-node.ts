import { startStore } from './store.js';
import type { Store, StoreOptions } from './store.js';

/**
 * Starts the embedded EventStoreDB node. Its URL is a connection string: plain text, because it never leaves the
 * loopback interface, and a ping every 10 s, because the client itself does not notice a server that hangs.
 */
export function startEventStoreNode(options: StoreOptions): Promise<Store> {
  return startStore(
    {
      name: 'event-store',
      entry: 'node/main.js',
      ephemeralArgs: [],
      url: (port) => `esdb://127.0.0.1:${port}?tls=false&keepAliveInterval=10000&keepAliveTimeout=10000`,
    },
    options,
  );
}
