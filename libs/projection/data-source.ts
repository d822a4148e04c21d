import type { DataSourceOptions } from 'typeorm';
import { Checkpoint } from './checkpoint.js';
import { EngineTables1795392000000 } from './migrations/engine-tables.js';
import { viewsSchema } from './table-shape.js';

/** TypeORM's options for the schema `views`: for the engine that writes it, and for all who read it. */
export function viewsOptions(
  url: string,
  projections: readonly { readonly entity: new () => object }[],
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    schema: viewsSchema,
    entities: [Checkpoint, ...projections.map(({ entity }) => entity)],
    migrations: [EngineTables1795392000000],
    migrationsTransactionMode: 'all',
    // Tables are made by migrations and by the engine, never from whatever entities an application happens to load.
    synchronize: false,
    migrationsRun: false,
  };
}
