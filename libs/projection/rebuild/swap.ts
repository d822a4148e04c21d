import { setTimeout as pause } from 'node:timers/promises';
import { QueryFailedError, type DataSource, type QueryRunner } from 'typeorm';
import type { Tenure } from '../batch-statement.js';
import { Stopped, TakenOver } from '../errors.js';
import { lockReader, type ReaderRow } from '../standing.js';
import { keptSchema, nextSchema, placedIn, viewsSchema } from '../table-shape.js';
import { inTransaction } from '../views.js';
import type { Job } from './plan.js';
import { dropTable } from './prepare-next.js';

/** How long a reader may be kept waiting by an attempt that then fails. */
const lockMs = 200;
const snapshotsMs = 300;

/** The swap cannot be made now, for a reason that passes. */
export class NotNow extends Error {
  override readonly name = 'NotNow';
}

/** What was built and what is live have not read the same events. */
class Disagreement extends Stopped {
  override readonly name = 'Disagreement';

  constructor(built: string, live: string) {
    super(
      `the tables that were built rest on ${built} events, the live ones on ${live}: neither is to be trusted`,
    );
  }
}

export interface Swap {
  readonly jobs: readonly Job[];
  readonly liveGroup: string;
  readonly owner: string;
  /** The builder's. */
  readonly tenure: Tenure;
  /** Writes what the tables lack up to exactly this event. Throws NotNow when that takes too long. */
  comeTo(eventPosition: bigint | undefined): Promise<void>;
}

/**
 * Puts the tables that were built in the places of the live ones, in one transaction in which both stand at the same event.
 *
 * The live reader is held at its next batch: its statement asks for the checkpoints before it asks for any projected table, so
 * that it holds nothing that the swap needs. What was built comes to the same event, and whoever still looks at the
 * database as it was before that is waited for, since he would find rows missing in a table that was swapped in under him.
 * @throws NotNow when readers are in the way
 */
export function swapTables(dataSource: DataSource, swap: Swap): Promise<void> {
  return inTransaction(dataSource, async (runner) => {
    await runner.query(`SET LOCAL lock_timeout = '${lockMs}ms'`);
    // A process that is put to sleep here must not keep the live tables from whoever takes over.
    await runner.query(`SET LOCAL idle_in_transaction_session_timeout = '5s'`);
    await runner.query('LOCK TABLE views.checkpoints IN EXCLUSIVE MODE');
    const [live]: ReaderRow[] = await runner.query('SELECT * FROM views.readers WHERE reader_group = $1', [
      swap.liveGroup,
    ]);
    if (!live) throw new NotNow('nobody reads for the live tables');
    await swap.comeTo(live.event_position === null ? undefined : BigInt(live.event_position));
    await proveSame(runner, swap, live);
    await olderTransactionsEnd(runner);
    for (const job of swap.jobs) await swapTable(runner, job, live);
    await handOver(runner, swap);
  }).catch((error: unknown) => {
    throw isLockTimeout(error) ? new NotNow('a table is being read') : error;
  });
}

const isLockTimeout = (error: unknown): boolean =>
  error instanceof QueryFailedError && error.driverError.code === '55P03';

/** As many events up to the same event of the same log: both have read the same. */
async function proveSame(runner: QueryRunner, { tenure }: Swap, live: ReaderRow): Promise<void> {
  const built = await lockReader(runner, tenure);
  if (built.event_id !== live.event_id) throw new NotNow('the live tables have gone on');
  if (built.events !== live.events || built.log_id !== live.log_id)
    throw new Disagreement(`${built.events}`, live.events);
}

/**
 * Waits for the transactions that were open before: their snapshots may be older than what was built last. Those that wait for this
 * one read nothing until it is over, and those without a snapshot take theirs later.
 */
async function olderTransactionsEnd(runner: QueryRunner): Promise<void> {
  let open = await openTransactions(runner);
  for (let waitedMs = 0; open.length > 0; waitedMs += 10) {
    if (waitedMs > snapshotsMs) throw new NotNow('a transaction that began before is still open');
    await pause(10);
    const still = new Set(await openTransactions(runner));
    open = open.filter((id) => still.has(id));
  }
}

async function openTransactions(runner: QueryRunner): Promise<string[]> {
  // Of other users only that they have a transaction can be seen, and not whether it has a snapshot.
  const rows: { id: string }[] = await runner.query(
    `SELECT l.virtualxid AS id FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'virtualxid' AND l.granted AND a.datname = current_database() AND a.pid <> pg_backend_pid()
       AND (a.backend_type = 'client backend' OR a.backend_type IS NULL)
       AND (a.backend_xmin IS NOT NULL OR a.state IS NULL)
       AND NOT pg_backend_pid() = ANY (pg_blocking_pids(a.pid))`,
  );
  return rows.map(({ id }) => id);
}

/** The columns that the checkpoints of all three schemas have. */
const columns =
  'name, version, projected_table, shape, log_id, position, event_position, event_id, event_at, generation';

async function swapTable(
  runner: QueryRunner,
  { shape, is, generation }: Job,
  live: ReaderRow,
): Promise<void> {
  const { name } = shape.projection;
  const [old]: { projected_table: string; there: boolean }[] = await runner.query(
    `SELECT projected_table, to_regclass(projected_table) IS NOT NULL AS there FROM views.checkpoints WHERE name = $1`,
    [name],
  );
  const kept: { projected_table: string }[] = await runner.query(
    'SELECT projected_table FROM views_kept.checkpoints WHERE name = $1',
    [name],
  );
  for (const { projected_table } of kept) await dropTable(runner, keptSchema, { name, projected_table });
  if (old?.there)
    await move(
      runner,
      old.projected_table,
      old.projected_table,
      keptSchema,
      placedIn(keptSchema, old.projected_table),
    );
  await runner.query(
    `WITH old AS (DELETE FROM views.checkpoints WHERE name = $1 RETURNING *)
     INSERT INTO views_kept.checkpoints (${columns}) SELECT ${columns} FROM old WHERE $2`,
    [name, old?.there ?? false],
  );
  const next = placedIn(nextSchema, shape.table);
  await move(runner, next, next, viewsSchema, shape.table);
  await runner.query(
    `WITH built AS (DELETE FROM views_next.checkpoints WHERE name = $1 RETURNING *)
     INSERT INTO views.checkpoints (${columns}) SELECT ${columns} FROM built`,
    [name],
  );
  // The live reader may have been told that nothing more comes for a while, and what was built may not, or the other way round.
  await runner.query(
    'UPDATE views.checkpoints SET position = $2, generation = CASE WHEN $3 THEN $4 ELSE generation END WHERE name = $1',
    [name, live.position, is === 'build', generation],
  );
}

async function move(
  runner: QueryRunner,
  table: string,
  parkedUnder: string,
  schema: string,
  becomes: string,
): Promise<void> {
  await runner.query(`ALTER TABLE ${table} SET SCHEMA ${schema}`);
  await runner.query('UPDATE views.parked SET projected_table = $2 WHERE projected_table = $1', [
    parkedUnder,
    becomes,
  ]);
}

/**
 * The builder stays where the swap was: what is kept can go on from there. When tables go live that were not fed before, whoever
 * feeds them begins again, and it is this process.
 */
async function handOver(runner: QueryRunner, { tenure, liveGroup, owner }: Swap): Promise<void> {
  const [moved]: [unknown[], number] = await runner.query(
    `UPDATE views.readers b SET position = l.position FROM views.readers l
     WHERE l.reader_group = $3 AND b.reader_group = $1 AND b.epoch = $2 RETURNING b.epoch`,
    [tenure.readerGroup, tenure.epoch, liveGroup],
  );
  if (moved.length === 0) throw new TakenOver(tenure.readerGroup);
  await runner.query(
    'UPDATE views.readers SET epoch = epoch + 1, owner = $2, heartbeat_at = now() WHERE reader_group = $1',
    [liveGroup, owner],
  );
}
