import { DataSource } from 'typeorm';
import { Checkpoint } from './checkpoint.js';
import { EngineTables1795392000000 } from './migrations/engine-tables.js';
import { ParkedTable1795910400000 } from './migrations/parked-table.js';
import { RebuildTables1796083200000 } from './migrations/rebuild-tables.js';
import { viewsSchema } from './table-shape.js';

const IDLE_IN_TRANSACTION_MAX_MS = 5_000;

/**
 * Connects to the schema `views`: for the engine that writes it, and for all who read it. `migrations` are those of
 * further engines with tables in it; every process of a system names the same, since they share one record of them.
 */
export function openViews(
  url: string,
  projections: readonly { readonly entity: new () => object }[],
  migrations: readonly (new () => object)[],
): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    schema: viewsSchema,
    entities: [Checkpoint, ...projections.map(({ entity }) => entity)],
    migrations: [
      EngineTables1795392000000,
      ParkedTable1795910400000,
      RebuildTables1796083200000,
      ...migrations,
    ],
    migrationsTransactionMode: 'all',
    // A process that is stopped in the middle of a transaction must not keep its locks from whoever takes over.
    extra: { idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MAX_MS },
    // Tables are made by migrations and by the engine, never from whatever entities an application happens to load.
    synchronize: false,
    migrationsRun: false,
  });
  return dataSource.initialize();
}
