import { DataSource } from 'typeorm';
import { clientAttentiveFor } from './attentive-client.js';
import { Checkpoint } from './checkpoint.js';
import { EngineTables1795392000000 } from './migrations/engine-tables.js';
import { LostLog1795392000020 } from './migrations/lost-log.js';
import { ParkedTable1795910400000 } from './migrations/parked-table.js';
import { RebuildTables1796083200000 } from './migrations/rebuild-tables.js';
import { SILENCE_MS } from './settings.js';
import { viewsSchema } from './table-shape.js';

/**
 * Connects to the schema `views`: for the engine that writes it, and for all who read it. `migrations` are those of
 * further engines with tables in it; every process of a system names the same, since they share one record of them.
 * A connection on which an answer stays away for `silenceMs` is given up.
 */
export function openViews(
  url: string,
  projections: readonly { readonly entity: new () => object }[],
  migrations: readonly (new () => object)[],
  silenceMs = SILENCE_MS,
): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    extra: {
      Client: clientAttentiveFor(silenceMs),
      connectionTimeoutMillis: silenceMs,
      // Statements that may take longer than any silence are watched by nothing else.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // The server does not learn either that a connection is lost, and would keep the locks of what was open on it.
      idle_in_transaction_session_timeout: silenceMs,
    },
    schema: viewsSchema,
    entities: [Checkpoint, ...projections.map(({ entity }) => entity)],
    migrations: [
      EngineTables1795392000000,
      LostLog1795392000020,
      ParkedTable1795910400000,
      RebuildTables1796083200000,
      ...migrations,
    ],
    migrationsTransactionMode: 'all',
    // Tables are made by migrations and by the engine, never from whatever entities an application happens to load.
    synchronize: false,
    migrationsRun: false,
  });
  return dataSource.initialize();
}
