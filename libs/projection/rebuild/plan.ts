import type { DataSource, QueryRunner } from 'typeorm';
import type { ReaderRow } from '../standing.js';
import type { ProjectionCareRow } from '../tables/projection-care.js';
import type { TableShape } from '../table-shape.js';

/** One of the up to three tables of a projection: the live one, the one that is being built, the one that was live before. */
export interface Stored {
  readonly place: 'live' | 'next' | 'kept';
  readonly name: string;
  readonly version: number;
  readonly shape: string;
  readonly generation: number | null;
  readonly restored: boolean;
  readonly phase: 'loading' | 'following' | null;
  readonly projected_table: string;
  readonly position: string | null;
}

export interface State {
  readonly stored: readonly Stored[];
  readonly care: readonly ProjectionCareRow[];
  /** Of the reader of the live tables; undefined before its first start. */
  readonly reader: Pick<ReaderRow, 'owner' | 'position' | 'event_position' | 'events'> | undefined;
}

/** What is to become of one projection: its table is built from the start, or the kept one is made live again. */
export interface Job {
  readonly shape: TableShape;
  readonly is: 'build' | 'restore';
  /** The last rebuild that was asked for. */
  readonly generation: number;
}

export interface Plan {
  readonly jobs: readonly Job[];
  /** What is being built of this release's and nobody wants any more. */
  readonly drops: readonly Stored[];
}

export async function readState(db: Pick<DataSource | QueryRunner, 'query'>, group: string): Promise<State> {
  const columns = 'name, version, shape, generation, projected_table, position::text';
  const stored: Stored[] = await db.query(
    `SELECT 'live' AS place, ${columns}, false AS restored, NULL AS phase FROM views.checkpoints
       WHERE to_regclass(projected_table) IS NOT NULL
     UNION ALL SELECT 'next', ${columns}, restored, phase FROM views_next.checkpoints
     UNION ALL SELECT 'kept', ${columns}, false, NULL FROM views_kept.checkpoints`,
  );
  const [reader]: NonNullable<State['reader']>[] = await db.query(
    'SELECT owner, position, event_position, events FROM views.readers WHERE reader_group = $1',
    [group],
  );
  const [there]: { care: string | null }[] = await db.query(
    `SELECT to_regclass('views.projection_care') AS care`,
  );
  const care: ProjectionCareRow[] = there?.care ? await db.query('SELECT * FROM views.projection_care') : [];
  return { stored, care, reader };
}

/** What this release wants to be done, whoever else is at work. `owner` is this process. */
export function planOf(shapes: readonly TableShape[], state: State, owner: string): Plan {
  const jobs = shapes.flatMap((shape) => jobOf(shape, state, owner) ?? []);
  const wanted = new Set(jobs.map(({ shape }) => shape.projection.name));
  const drops = state.stored.filter((each) => {
    const shape = shapes.find(({ projection }) => projection.name === each.name);
    return each.place === 'next' && shape && isOf(shape)(each) && !wanted.has(each.name);
  });
  return { jobs, drops };
}

/** Whether a stored table is what this release would make. */
export const isOf =
  ({ projection, hash }: TableShape) =>
  ({ version, shape }: Pick<Stored, 'version' | 'shape'>): boolean =>
    version === projection.version && shape === hash;

function jobOf(shape: TableShape, { stored, care, reader }: State, owner: string): Job | undefined {
  // Before the reader has come anywhere nobody can have seen a table, and it makes all of them in their places.
  if (!reader || reader.position === null) return undefined;
  const { name, version } = shape.projection;
  const at = (place: Stored['place']) => stored.find((each) => each.name === name && each.place === place);
  const [live, kept] = [at('live'), at('kept')];
  const asked = care.find((each) => each.name === name);
  const generation = asked?.generation ?? 0;
  if (!live || !isOf(shape)(live)) {
    // A newer release may always replace an older one's table; the way back is for whoever feeds the tables.
    if (live && version <= live.version && reader.owner !== owner) return undefined;
    return { shape, is: kept && isOf(shape)(kept) ? 'restore' : restoring(), generation };
  }
  if (!asked || live.generation === null) return undefined;
  if (asked.decision === 'wanted' && generation > live.generation) return { shape, is: 'build', generation };
  const isBack = asked.decision === 'rolled-back' && generation === live.generation;
  const before = kept && isOf(shape)(kept) && (kept.generation ?? 0) < generation;
  return isBack && (before || restoring() === 'restore') ? { shape, is: 'restore', generation } : undefined;

  /** A kept table that is on its way back is no longer among those kept. */
  function restoring(): Job['is'] {
    const next = at('next');
    return next?.restored && isOf(shape)(next) ? 'restore' : 'build';
  }
}

/** Two plans with the same text want the same. */
export const textOf = ({ jobs, drops }: Plan): string =>
  [
    ...jobs.map(({ shape, is }) => `${is} ${shape.projection.name}`),
    ...drops.map(({ name }) => `drop ${name}`),
  ].join();
