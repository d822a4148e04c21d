import type { Api } from './api.js';

interface Why {
  readonly words: string;
}
export interface TermSeen {
  readonly termNo: number;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly noticeLimitOn: string;
  readonly locksAt: string;
  readonly expiresAt: string;
  readonly annualFeeFen: number;
  readonly state: { readonly code: string };
  readonly why: Readonly<Record<string, Why>>;
}
export interface ContractSeen {
  readonly status: { readonly code: string };
  readonly effectiveOn: string;
  readonly endedAt: string;
  readonly terms: readonly TermSeen[];
}
interface Happened {
  readonly type: string;
  readonly effectiveAt: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const datesShown = ['startsOn', 'noticeLimitOn', 'locksAt', 'endsOn', 'expiresAt', 'annualFeeFen'];

/** Prints what happened, dated in business time, and then the reason for every date. Moving the clock has let the tables catch up. */
export async function report(api: Api, id: string, say: (line: string) => void): Promise<ContractSeen> {
  const contract = await api.get<ContractSeen>(`/contracts/${id}`);
  const { items } = await api.get<{ items: readonly Happened[] }>(`/contracts/${id}/history?limit=200`);
  say('\nWhat happened');
  for (const { type, effectiveAt, actor, data } of items) {
    const term = data['termNo'] ?? (data['term'] as { termNo?: number } | undefined)?.termNo;
    say(
      `  ${inShanghai(effectiveAt)}  ${type}${term === undefined ? '' : ` (term ${String(term)})`}  by ${actor}`,
    );
  }
  for (const { termNo, why } of contract.terms) {
    say(`\nWhy, in term ${termNo}`);
    for (const date of datesShown) {
      const words = why[date]?.words;
      if (words) say(`  ${date.padEnd(14)} ${words}`);
    }
  }
  return contract;
}

function inShanghai(instant: string): string {
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
