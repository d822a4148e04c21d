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
interface NoticeSeen {
  readonly timeliness: { readonly code: string };
  readonly why: Readonly<Record<string, Why>>;
}
export interface ContractSeen {
  readonly status: { readonly code: string };
  readonly effectiveOn: string;
  readonly endedAt: string;
  readonly terms: readonly TermSeen[];
  readonly notices: readonly NoticeSeen[];
  readonly why: Readonly<Record<string, Why>>;
}
interface Happened {
  readonly type: string;
  readonly effectiveAt: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
}

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
  sayWhy('Why it took effect', contract.why, say);
  for (const { termNo, why } of contract.terms) sayWhy(`Why, in term ${termNo}`, why, say);
  for (const { timeliness, why } of contract.notices)
    sayWhy(`Why the notice is ${timeliness.code}`, why, say);
  return contract;
}

function sayWhy(heading: string, why: Readonly<Record<string, Why>>, say: (line: string) => void): void {
  say(`\n${heading}`);
  for (const [field, { words }] of Object.entries(why)) say(`  ${field.padEnd(14)} ${words}`);
}

function inShanghai(instant: string): string {
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
