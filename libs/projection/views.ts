import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Log } from './status.js';
import { viewsSchema } from './table-shape.js';

export const reportingRole = 'fourstar_reporting';

/** Makes the schema, the engine's own tables and the reporting role, where they are missing. Safe to run side by side. */
export async function createViews(dataSource: DataSource, log: Log): Promise<void> {
  await inTransaction(dataSource, async (runner) => {
    // Held until this transaction ends: several applications that start at once take turns, also behind a pooler.
    await runner.query(`SELECT pg_advisory_xact_lock(hashtext('fourstar views'))`);
    await dataSource.query(`CREATE SCHEMA IF NOT EXISTS ${viewsSchema}`);
    await dataSource.runMigrations();
    await grantReporting(dataSource, log);
  });
}

/** Whether the projections have ever been started on this database, or since its tables were dropped. */
export async function hasViews(database: Pick<EntityManager, 'query'>): Promise<boolean> {
  const [found]: { there: boolean }[] = await database.query(
    `SELECT to_regclass('${viewsSchema}.checkpoints') IS NOT NULL AS there`,
  );
  return found?.there === true;
}

export async function inTransaction<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    const result = await work(runner);
    await runner.commitTransaction();
    return result;
  } catch (error) {
    // A connection that is gone has rolled back by itself; what is to be told is why.
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

/** A role that may read everything in `views`, now and later, and do nothing else. */
async function grantReporting(dataSource: DataSource, log: Log): Promise<void> {
  const [state]: { exists: boolean; may: boolean }[] = await dataSource.query(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS exists, rolsuper OR rolcreaterole AS may
     FROM pg_roles WHERE rolname = current_user`,
    [reportingRole],
  );
  if (!state?.exists && !state?.may) {
    log.warn(
      { role: reportingRole },
      'The reporting role is missing and this user may not create it: no reports by SQL',
    );
    return;
  }
  if (!state?.exists) {
    // Roles belong to the whole server, where another database's application may create this one at the same moment.
    await dataSource.query(
      `DO $$ BEGIN CREATE ROLE ${reportingRole} NOLOGIN;
       EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
    );
  }
  await dataSource.query(`GRANT USAGE ON SCHEMA ${viewsSchema} TO ${reportingRole}`);
  await dataSource.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${viewsSchema} TO ${reportingRole}`);
  await dataSource.query(
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${viewsSchema} GRANT SELECT ON TABLES TO ${reportingRole}`,
  );
}
