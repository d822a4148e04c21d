import type { DataSource } from 'typeorm';
import { LEASE_MS } from './lease.js';
import { viewsSchema } from './table-shape.js';
import { hasViews, inTransaction } from './views.js';

/**
 * Drops every table: they are built from the log at the next start. For a log whose positions are no longer those that
 * the tables rest on, because it was restored or has moved to another server.
 * @throws Error while a projector lives, which is known by its heartbeat
 */
export function resetTables(dataSource: DataSource): Promise<void> {
  return inTransaction(dataSource, async (runner) => {
    await runner.query(`SET LOCAL lock_timeout = '5s'`);
    if (await hasViews(runner)) {
      // Until this transaction ends nobody can take the lease.
      await runner.query('LOCK TABLE views.readers IN ACCESS EXCLUSIVE MODE');
      const living: { reader_group: string }[] = await runner.query(
        `SELECT reader_group FROM views.readers
         WHERE owner IS NOT NULL AND heartbeat_at > now() - $1 * interval '1 millisecond'`,
        [LEASE_MS],
      );
      if (living.length > 0) {
        const groups = living.map(({ reader_group }) => reader_group).join(', ');
        throw new Error(`${groups} are running: stop them first, or wait ${LEASE_MS / 1_000} s after a kill`);
      }
    }
    await runner.query(`DROP SCHEMA IF EXISTS ${viewsSchema} CASCADE`);
  });
}
