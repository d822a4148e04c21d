import { NAME, readPassword } from './postgres/cluster.js';
import { startStore } from './store.js';
import type { Store, StoreOptions } from './store.js';

/**
 * Starts a PostgreSQL of our own on 127.0.0.1 with the database `fourstar`; the `postgres://` URL holds its superuser's
 * random password. As root, Postgres runs as the user nobody, and the data folder links to where its files are.
 */
export function startPostgres(options: StoreOptions): Promise<Store> {
  return startStore(
    {
      name: 'postgres',
      entry: 'postgres/keeper.js',
      ephemeralArgs: ['--ephemeral'],
      url: async (port, dataDir) =>
        `postgres://${NAME}:${await readPassword(dataDir)}@127.0.0.1:${port}/${NAME}`,
    },
    options,
  );
}
