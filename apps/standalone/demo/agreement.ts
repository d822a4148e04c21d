import { isDeepStrictEqual } from 'node:util';
import type { DataSource } from 'typeorm';
import type { ContractSeen, TermSeen } from './report.js';

/** What must come out: the first line of the table in domain.md 3.3, and the two terms after it. */
const expectedTerms = [
  '1 | 2025-03-15 | 2026-03-15 | 2026-02-15 | 2026-02-15T16:00:00.000Z | 2026-03-15T16:00:00.000Z | 12000000 | renewed',
  '2 | 2026-03-16 | 2027-03-15 | 2027-02-15 | 2027-02-15T16:00:00.000Z | 2027-03-15T16:00:00.000Z | 12000000 | renewed',
  '3 | 2027-03-16 | 2028-03-15 | 2028-02-15 | 2028-02-15T16:00:00.000Z | 2028-03-15T16:00:00.000Z | 12000000 | expired',
];

/** The contract itself: ended by the notice, at the end of the third term. */
const expectedContract = 'expired | 2025-03-15 | 2028-03-15T16:00:00.000Z';

interface Stored {
  readonly line: string;
}

const utc = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Reads contract and terms once more, by SQL from the tables, and says whether API, tables and expectation are one. */
export async function agrees(
  dataSource: DataSource,
  id: string,
  contract: ContractSeen,
  say: (line: string) => void,
): Promise<boolean> {
  const contracts: Stored[] = await dataSource.query(
    `SELECT concat_ws(' | ', status, effective_on, ${utc('ended_at')}) AS line FROM views.contracts WHERE id = $1`,
    [id],
  );
  const terms: Stored[] = await dataSource.query(
    `SELECT concat_ws(' | ', term_no, starts_on, ends_on, notice_limit_on, ${utc('locks_at')}, ${utc('expires_at')},
       annual_fee_fen, state) AS line
     FROM views.contract_terms WHERE contract_id = $1 ORDER BY term_no`,
    [id],
  );
  say('\nThe same from Postgres: views.contracts');
  say('  status | effective | ended at');
  for (const { line } of contracts) say(`  ${line}`);
  say('and views.contract_terms');
  say('  term | starts | ends | notice limit | locks at | expires at | fee (fen) | state');
  for (const { line } of terms) say(`  ${line}`);
  const { status, effectiveOn, endedAt } = contract;
  const answered = [[status.code, effectiveOn, endedAt].join(' | '), ...contract.terms.map(lineOf)];
  const stored = [...contracts, ...terms].map(({ line }) => line);
  return (
    isDeepStrictEqual(answered, stored) && isDeepStrictEqual(stored, [expectedContract, ...expectedTerms])
  );
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
