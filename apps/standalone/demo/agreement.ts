import type { DataSource } from 'typeorm';
import type { ContractSeen, TermSeen } from './report.js';

/** What must come out: the first line of the table in domain.md 3.3, and the two terms after it. */
const expected = [
  '1 | 2025-03-15 | 2026-03-15 | 2026-02-15 | 2026-02-15T16:00:00.000Z | 2026-03-15T16:00:00.000Z | 12000000 | renewed',
  '2 | 2026-03-16 | 2027-03-15 | 2027-02-15 | 2027-02-15T16:00:00.000Z | 2027-03-15T16:00:00.000Z | 12000000 | renewed',
  '3 | 2027-03-16 | 2028-03-15 | 2028-02-15 | 2028-02-15T16:00:00.000Z | 2028-03-15T16:00:00.000Z | 12000000 | expired',
];

interface TermStored {
  readonly line: string;
}

/** Reads the terms once more, by SQL from the tables, and says whether API, tables and expectation are one. */
export async function agrees(
  dataSource: DataSource,
  id: string,
  contract: ContractSeen,
  say: (line: string) => void,
): Promise<boolean> {
  const stored: TermStored[] = await dataSource.query(
    `SELECT concat_ws(' | ', term_no, starts_on, ends_on, notice_limit_on,
       to_char(locks_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), annual_fee_fen, state) AS line
     FROM views.contract_terms WHERE contract_id = $1 ORDER BY term_no`,
    [id],
  );
  say('\nThe same from Postgres: views.contract_terms');
  say('  term | starts | ends | notice limit | locks at | expires at | fee (fen) | state');
  for (const { line } of stored) say(`  ${line}`);
  const lines = stored.map(({ line }) => line).join('\n');
  const same = lines === contract.terms.map(lineOf).join('\n') && lines === expected.join('\n');
  return same && contract.status.code === 'expired' && contract.effectiveOn === '2025-03-15';
}

const lineOf = (term: TermSeen): string =>
  [
    term.termNo,
    term.startsOn,
    term.endsOn,
    term.noticeLimitOn,
    term.locksAt,
    term.expiresAt,
    term.annualFeeFen,
    term.state.code,
  ].join(' | ');
