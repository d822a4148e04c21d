import { expect } from '@jest/globals';
import type { Recorded } from '#kernel/recorded';
import type { Acknowledged } from './load.js';
import { contractsOf, type LogAndTables } from './log-and-tables.js';

/** Every acknowledged command is in the log once and whole, and the log holds no event twice. */
export function expectAcknowledged(events: readonly Recorded[], acknowledged: readonly Acknowledged[]): void {
  const seen = new Set(events.map(({ eventId }) => eventId));
  expect(seen.size).toBe(events.length);
  const byCommand = new Map<string, string[]>();
  for (const { eventId, meta, stream } of events) {
    const key = `${stream} ${meta.commandId}`;
    byCommand.set(key, [...(byCommand.get(key) ?? []), eventId]);
  }
  const commandOf = new Map(events.map(({ eventId, meta }) => [eventId, meta.commandId]));
  for (const { key, stream, eventIds } of acknowledged) {
    const command = commandOf.get(eventIds[0] ?? '');
    expect([key, byCommand.get(`${stream} ${command}`)]).toEqual([key, eventIds]);
  }
}

/** Each contract has each of its terms once, in order, and none is over without a successor. */
export function expectRenewedOnce(events: readonly Recorded[], now: string): void {
  const terms = new Map<string, number[]>();
  for (const { type, id, data } of events) {
    if (type !== 'ContractBecameEffective' && type !== 'ContractRenewed') continue;
    const { term } = data as { term: { termNo: number } };
    terms.set(id, [...(terms.get(id) ?? []), term.termNo]);
  }
  for (const [id, numbers] of terms) expect([id, numbers]).toEqual([id, numbers.map((_, i) => i + 1)]);
  const overdue = [...contractsOf(events)].filter(
    ([, state]) => state.status === 'effective' && state.term.expiresAt <= new Date(now).toISOString(),
  );
  expect(overdue).toEqual([]);
}

/** The tables are what a rebuild from the start gives, and their contracts what the decider folds from the log. */
export async function expectTrueTables(system: LogAndTables): Promise<void> {
  await system.caughtUp();
  const rows = await system.rows();
  expect(rows).toEqual(await system.rebuilt());
  const folded = [...contractsOf(await system.events())].map(([id, state]) => ({
    id,
    status: state.status,
    term_no: 'term' in state ? state.term.termNo : null,
  }));
  const shown = (rows['contracts'] as Record<string, unknown>[]).map(({ id, status, term_no }) => ({
    id,
    status,
    term_no,
  }));
  const byId = (a: { id: unknown }, b: { id: unknown }) => (String(a.id) < String(b.id) ? -1 : 1);
  expect(shown.sort(byId)).toEqual(folded.sort(byId));
}
