import type { PoolClient } from 'pg';
import { batchStatement, type Tenure } from '../batch-statement.js';
import type { FoldedBatch } from '../engine.js';
import { copyInto, insertsOf } from './copy.js';

/**
 * Writes a batch of a build as one transaction: the statement that writes a live batch, fence and checkpoints first, without
 * the rows that are only inserted, and one COPY for those of each table. Commits asynchronously, as that statement does.
 */
export async function writeNext(client: PoolClient, batch: FoldedBatch, tenure: Tenure): Promise<void> {
  const split = batch.tables.map(insertsOf);
  const tables = split.map(({ others }) => others).filter(({ rows }) => rows.size > 0);
  await client.query('BEGIN');
  try {
    await client.query(batchStatement({ ...batch, tables }, tenure));
    for (const { inserts, others } of split) {
      if (inserts.length > 0) await copyInto(client, others.shape, inserts);
    }
    await client.query('COMMIT');
  } catch (error) {
    // A connection that is gone has rolled back by itself; what is to be told is why.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
