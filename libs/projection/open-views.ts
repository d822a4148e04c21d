import { DataSource, type DataSourceOptions } from 'typeorm';
import { viewsOptions } from './data-source.js';

/** Connects to the tables. `more` are the migrations of further engine tables in the same schema. */
export async function openViews(
  url: string,
  projections: readonly { readonly entity: new () => object }[],
  more: readonly (new () => object)[] = [],
): Promise<DataSource> {
  const options: DataSourceOptions = viewsOptions(url, projections);
  const own = Array.isArray(options.migrations) ? options.migrations : [];
  const migrations = [...own, ...more] as typeof own; // Classes of migrations, as TypeORM takes them.
  return new DataSource({ ...options, migrations }).initialize();
}
