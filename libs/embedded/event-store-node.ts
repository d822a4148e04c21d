import { readFile } from 'node:fs/promises';
import { securityFiles } from './node/security-files.js';
import { startStore } from './store.js';
import type { Store, StoreOptions } from './store.js';

export interface EventStoreNodeOptions extends StoreOptions {
  /** TLS, users and access lists, from files that the node makes in its data folder; the URL is the user admin's. */
  readonly secure?: boolean;
}

/**
 * Starts the embedded EventStoreDB node. Its URL is a connection string: plain text unless it is to be secure, because
 * it never leaves the loopback interface, and a ping every 10 s, because the client itself does not notice a server
 * that hangs.
 */
export function startEventStoreNode({ secure = false, ...options }: EventStoreNodeOptions): Promise<Store> {
  return startStore(
    {
      name: 'event-store',
      entry: 'node/main.js',
      args: secure ? ['--secure'] : [],
      ephemeralArgs: [],
      url: async (port, dataDir) => {
        const pings = 'keepAliveInterval=10000&keepAliveTimeout=10000';
        if (!secure) return `esdb://127.0.0.1:${port}?tls=false&${pings}`;
        const { ca, password } = securityFiles(dataDir);
        const credentials = `admin:${await readFile(password('admin'), 'utf8')}`;
        return `esdb://${credentials}@127.0.0.1:${port}?tls=true&tlsCAFile=${encodeURIComponent(ca)}&${pings}`;
      },
    },
    options,
  );
}
