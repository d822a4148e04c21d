import type { DataSource, QueryRunner } from 'typeorm';
import { patiently } from '../attentive-client.js';
import { fence } from '../batch-statement.js';
import { Stopped, TakenOver } from '../errors.js';
import type { TableShape } from '../table-shape.js';
import { inTransaction, reportingRole } from '../views.js';
import { isFinish } from './prepare-next.js';

/** A table that was built is not what its entity promises: it does not go live. */
class NotAsPromised extends Stopped {
  override readonly name = 'NotAsPromised';

  constructor(table: string, what: string) {
    super(`${table} is not as promised: ${what}`);
  }
}

/**
 * Gives a loaded table what it lacks, in one transaction: its other indexes, its comments, the right to be read, and statistics.
 * `epoch` is the builder's. Throws TakenOver when another process builds by now, NotAsPromised.
 */
export function finishTable(
  dataSource: DataSource,
  shape: TableShape,
  { readerGroup, epoch }: { readonly readerGroup: string; readonly epoch: bigint },
): Promise<void> {
  return inTransaction(dataSource, async (runner) => {
    await patiently(runner, async () => {
      for (const statement of shape.ddl.filter(isFinish)) await runner.query(statement);
      await runner.query(`ANALYZE ${shape.table}`);
    });
    await runner.query(
      `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${reportingRole}') THEN
         GRANT SELECT ON ${shape.table} TO ${reportingRole}; END IF; END $$`,
    );
    await verifyShape(runner, shape);
    const [rows]: [unknown[], number] = await runner.query(
      `UPDATE views_next.checkpoints SET phase = 'following' WHERE name = $1
       AND EXISTS (SELECT FROM views.readers WHERE reader_group = $2 AND epoch = $3 FOR SHARE) RETURNING name`,
      [shape.projection.name, readerGroup, epoch],
    );
    if (rows.length === 0) throw new TakenOver(`${readerGroup} (${fence})`);
  });
}

async function verifyShape(runner: QueryRunner, { table, columns, keys, ddl }: TableShape): Promise<void> {
  const found: { name: string; type: string }[] = await runner.query(
    `SELECT quote_ident(attname) AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  const types = new Map(found.map(({ name, type }) => [name.replaceAll('"', ''), type]));
  for (const { name, type, cast } of columns) {
    const stands = types.get(name.replaceAll('"', ''));
    if (stands !== (cast ?? type)) throw new NotAsPromised(table, `${name} is ${stands ?? 'missing'}`);
  }
  if (found.length !== columns.length) throw new NotAsPromised(table, `it has ${found.length} columns`);
  const [indexes]: { valid: number; keys: number }[] = await runner.query(
    `SELECT count(*) FILTER (WHERE indisvalid)::int AS valid,
       coalesce(max(indnkeyatts) FILTER (WHERE indisprimary), 0)::int AS keys
     FROM pg_index WHERE indrelid = $1::regclass`,
    [table],
  );
  const promised = 1 + ddl.filter((each) => each.startsWith('CREATE INDEX')).length;
  if (indexes?.valid !== promised) throw new NotAsPromised(table, `it has ${indexes?.valid} indexes`);
  if (indexes.keys !== keys.length) throw new NotAsPromised(table, `its primary key is another one`);
}
