import type { DataSource } from 'typeorm';
import type { Checkpoint } from './checkpoint.js';
import type { Projection } from './projection.js';
import { tableShape } from './table-shape.js';

const shapes = new WeakMap<DataSource, Map<string, Promise<string>>>();

/**
 * Whether a live table is the one that this release was written for. Another release's table may lack a column that is asked for,
 * or mean something else by it: whoever reads it would answer with an error, or wrongly.
 */
export async function isOfThisRelease(
  dataSource: DataSource,
  projection: Projection,
  { version, shape }: Pick<Checkpoint, 'version' | 'shape'>,
): Promise<boolean> {
  return version === projection.version && shape === (await hashOf(dataSource, projection));
}

function hashOf(dataSource: DataSource, projection: Projection): Promise<string> {
  const known = shapes.get(dataSource) ?? new Map<string, Promise<string>>();
  shapes.set(dataSource, known);
  const found = known.get(projection.name) ?? tableShape(dataSource, projection).then(({ hash }) => hash);
  known.set(projection.name, found);
  found.catch(() => known.delete(projection.name));
  return found;
}
