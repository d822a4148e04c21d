import { In, type DataSource, type QueryRunner } from 'typeorm';
import { patiently } from '../attentive-client.js';
import { Checkpoint } from '../checkpoint.js';
import type { Projection } from '../projection.js';

/** Where the table of a projection stands: its rows reflect the log up to `position`, and `eventPosition` is the last event there. */
export interface TableStanding {
  readonly position: bigint;
  readonly eventPosition: bigint;
}

/** The log is read while the snapshot waits; it locks nobody out, and is only ended when its reader is gone. */
const forAsLongAsItTakes = [
  'idle_in_transaction_session_timeout = 0',
  'tcp_keepalives_idle = 10',
  'tcp_keepalives_interval = 10',
  'tcp_keepalives_count = 3',
];

/** Reads tables and checkpoints as they are together at one moment, without keeping anybody from writing them. */
export async function inSnapshot<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query('SET TRANSACTION READ ONLY');
    for (const setting of forAsLongAsItTakes) await runner.query(`SET LOCAL ${setting}`);
    return await patiently(runner, () => work(runner));
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

/** By name; one that has not been built in its present version, or whose log is still empty, is not there. */
export async function standings(
  runner: QueryRunner,
  projections: readonly Projection[],
): Promise<ReadonlyMap<string, TableStanding>> {
  const names = projections.map(({ name }) => name);
  const checkpoints = await runner.manager.findBy(Checkpoint, { name: In(names) });
  const found = new Map<string, TableStanding>();
  for (const { name, version } of projections) {
    const at = checkpoints.find((each) => each.name === name && each.version === version);
    const { position = null, eventPosition = null } = at ?? {};
    if (position !== null && eventPosition !== null) found.set(name, { position, eventPosition });
  }
  return found;
}
