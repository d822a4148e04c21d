import { In, type DataSource, type EntityManager } from 'typeorm';
import type { Tenure } from './batch-statement.js';
import { Checkpoint } from './checkpoint.js';
import { RebuildNeeded } from './errors.js';

/**
 * Writes down for all readers that the log is no longer the one that the tables come from, or that it is after all (null).
 * Only the holder of the lease has a say.
 */
export async function noteLostLog(
  dataSource: DataSource,
  { readerGroup, epoch }: Tenure,
  found: string | null,
): Promise<void> {
  await dataSource.query(
    `UPDATE views.readers SET lost_log = $3
     WHERE reader_group = $1 AND epoch = $2 AND lost_log IS DISTINCT FROM $3`,
    [readerGroup, epoch, found],
  );
}

/** What the last writer of the tables found when it missed the log that they come from; undefined while all is well. */
export async function lostLog(tables: Pick<EntityManager, 'query'>): Promise<string | undefined> {
  // As JSON, since a reader of this release may meet tables of the one before, which have no such column.
  const readers: { lost_log: string | null }[] = await tables.query(
    `SELECT to_jsonb(r) ->> 'lost_log' AS lost_log FROM views.readers AS r`,
  );
  return readers.find(({ lost_log }) => lost_log !== null)?.lost_log ?? undefined;
}

/**
 * For those who act on what tables say.
 * @throws RebuildNeeded when the rows of some of these projections were not made from the log as it is
 */
export async function ofThisLog(
  dataSource: DataSource,
  names: readonly string[],
  logId: string,
  verify: (position: bigint, eventId: string) => Promise<boolean>,
): Promise<void> {
  const checkpoints = await dataSource.getRepository(Checkpoint).findBy({ name: In([...names]) });
  for (const { name, logId: from, eventPosition, eventId } of checkpoints) {
    if (from !== null && from !== logId)
      throw new RebuildNeeded(`${name} comes from log ${from}, this is ${logId}`);
    if (eventPosition === null || eventId === null || (await verify(eventPosition, eventId))) continue;
    throw new RebuildNeeded(`${name} rests on event ${eventId}, which is not at position ${eventPosition}`);
  }
}
