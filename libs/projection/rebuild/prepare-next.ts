import type { DataSource, QueryRunner } from 'typeorm';
import type { Tenure } from '../batch-statement.js';
import { lockReader, standingOf, type CheckpointRow, type Placed, type Standing } from '../standing.js';
import { keptSchema, nextSchema, placedIn, shapeIn, type TableShape } from '../table-shape.js';
import { inTransaction } from '../views.js';
import { isOf, planOf, readState, type Job, type Plan, type Stored } from './plan.js';

/** What a pass over the log is made for, and where it begins. */
export interface Preparation {
  readonly plan: Plan;
  readonly standing: Standing;
}

/**
 * Makes the tables that are to be built, takes back those that were kept, and drops what nobody wants any more.
 * Throws TakenOver when another process builds by now.
 */
export function prepareNext(
  dataSource: DataSource,
  shapes: readonly TableShape[],
  tenure: Tenure,
  { liveGroup, owner }: { readonly liveGroup: string; readonly owner: string },
): Promise<Preparation> {
  return inTransaction(dataSource, async (runner) => {
    // Behind a long report on a kept table, the builder's own heartbeat would wait for this one.
    await runner.query(`SET LOCAL lock_timeout = '2s'`);
    const read = await lockReader(runner, tenure);
    const state = await readState(runner, liveGroup);
    const plan = planOf(shapes, state, owner);
    for (const each of plan.drops) await drop(runner, each);
    const placed: Placed[] = [];
    for (const job of plan.jobs) {
      const next = state.stored.find(
        ({ place, name }) => place === 'next' && name === job.shape.projection.name,
      );
      placed.push([shapeIn(nextSchema, job.shape), await nextTable(runner, job, next)]);
    }
    return { plan, standing: await standingOf(runner, read, placed, tenure) };
  });
}

async function nextTable(runner: QueryRunner, job: Job, next: Stored | undefined): Promise<CheckpointRow> {
  const goesOn = next && isOf(job.shape)(next) && next.restored === (job.is === 'restore');
  if (!goesOn) {
    if (next) await drop(runner, next);
    await (job.is === 'restore' ? takeBack(runner, job) : make(runner, job));
  }
  const [row]: CheckpointRow[] = await runner.query('SELECT * FROM views_next.checkpoints WHERE name = $1', [
    job.shape.projection.name,
  ]);
  if (!row) throw new Error(`no checkpoint was made for ${job.shape.projection.name}`);
  return row;
}

async function drop(runner: QueryRunner, { name, projected_table }: Stored): Promise<void> {
  await dropTable(runner, nextSchema, { name, projected_table });
}

/** Drops the table of a projection that is being built, or that was kept, with all that is known about it. */
export async function dropTable(
  runner: Pick<QueryRunner, 'query'>,
  schema: typeof nextSchema | typeof keptSchema,
  { name, projected_table }: Pick<Stored, 'name' | 'projected_table'>,
): Promise<void> {
  const table = placedIn(schema, projected_table);
  await runner.query(`DROP TABLE IF EXISTS ${table}`);
  await runner.query('DELETE FROM views.parked WHERE projected_table = $1', [table]);
  await runner.query(`DELETE FROM ${schema}.checkpoints WHERE name = $1`, [name]);
}

/** With its primary key only: that is what finds damage. The other indexes are cheaper made at once, when all rows are there. */
async function make(runner: QueryRunner, { shape, generation }: Job): Promise<void> {
  const { projection, table, hash, ddl } = shapeIn(nextSchema, shape);
  await runner.query(`DROP TABLE IF EXISTS ${table}`);
  for (const statement of ddl.filter((each) => !isFinish(each))) await runner.query(statement);
  await runner.query(
    `INSERT INTO views_next.checkpoints (name, version, projected_table, shape, generation, phase, restored)
     VALUES ($1, $2, $3, $4, $5, 'loading', false)`,
    [projection.name, projection.version, shape.table, hash, generation],
  );
}

/** What is done to a table when its rows are there. */
export const isFinish = (statement: string): boolean => /^(CREATE INDEX|COMMENT ON)/.test(statement);

async function takeBack(runner: QueryRunner, { shape }: Job): Promise<void> {
  const { name } = shape.projection;
  const [kept, next] = [placedIn(keptSchema, shape.table), placedIn(nextSchema, shape.table)];
  await runner.query(`DROP TABLE IF EXISTS ${next}`);
  await runner.query(`ALTER TABLE ${kept} SET SCHEMA ${nextSchema}`);
  await runner.query('UPDATE views.parked SET projected_table = $2 WHERE projected_table = $1', [kept, next]);
  await runner.query(
    `WITH kept AS (DELETE FROM views_kept.checkpoints WHERE name = $1 RETURNING *)
     INSERT INTO views_next.checkpoints SELECT kept.*, 'following', true FROM kept`,
    [name],
  );
}
