import { DataSource } from 'typeorm';
import { Checkpoint } from './checkpoint.js';
import { EngineTables1795392000000 } from './migrations/engine-tables.js';
import { ParkedTable1795910400000 } from './migrations/parked-table.js';
import { viewsSchema } from './table-shape.js';

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
    migrations: [EngineTables1795392000000, ParkedTable1795910400000, ...migrations],
    migrationsTransactionMode: 'all',
    // Tables are made by migrations and by the engine, never from whatever entities an application happens to load.
    synchronize: false,
    migrationsRun: false,
  });
  return dataSource.initialize();
}
