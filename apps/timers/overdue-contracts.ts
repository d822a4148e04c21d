import type { DataSource } from 'typeorm';
import type { Instant } from '#kernel/time';

/** How long the timers may take before a term that is over counts as forgotten. */
const GRACE_SECONDS = 60;

/**
 * The reconciler: contracts in force whose term is over, told without the deadlines table. It must find none.
 * `now` is the simulated instant; without it the database's clock judges.
 */
export async function overdueContracts(dataSource: DataSource, now: Instant | undefined): Promise<number> {
  const [row]: [{ overdue: number }] = await dataSource.query(
    `SELECT count(*)::int AS overdue FROM views.contracts c
     JOIN views.contract_terms t ON (t.contract_id, t.term_no) = (c.id, c.term_no)
     WHERE c.status = 'effective'
       AND t.expires_at < coalesce($1::timestamptz, now()) - $2 * interval '1 second'`,
    [now ?? null, GRACE_SECONDS],
  );
  return row.overdue;
}
