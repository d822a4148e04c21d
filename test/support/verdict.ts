import { expect } from '@jest/globals';
import { contractPolicyDefaults } from '#contract/policy';
import type { Recorded } from '#kernel/recorded';
import { PositionTokens } from '#web/position-token';
import type { Journal } from './journal.js';
import { contractsOf, type LogAndTables } from './log-and-tables.js';
import { dayAfter, naiveEnd, shanghaiMidnight } from './naive-terms.js';

/** The whole verdict on a system after its faults, its clock standing at `now`. Answers how many renewals it was about. */
export async function expectNothingLost(
  system: LogAndTables,
  journal: Journal,
  now: string,
): Promise<number> {
  const events = await system.events();
  expectWholeLog(events);
  expectAcknowledged(events, journal, system.engine.logId);
  expectRenewedOnce(events, now);
  await expectTrueTables(system);
  await expectIdleTimers(system, now);
  const renewals = events.filter(({ type }) => type === 'ContractRenewed').length;
  expect(renewals).toBeGreaterThan(0);
  return renewals;
}

/**
 * The log holds what the clients were told and nothing else of theirs: every acknowledged command once, whole and in one
 * piece, where the answer said; nothing of a refused one; and whoever asked again was told the same.
 */
function expectAcknowledged(events: readonly Recorded[], journal: Journal, logId: string): void {
  const ofCommand = new Map<string, Recorded[]>();
  for (const event of events) {
    const { actor, $correlationId } = event.meta;
    if (actor === 'system:deadline') continue;
    ofCommand.set($correlationId, [...(ofCommand.get($correlationId) ?? []), event]);
  }
  const tokens = new PositionTokens(logId);
  const at = new Map(events.map((event) => [`${event.stream} ${event.revision}`, event]));
  for (const { sent, answer } of journal.acknowledged()) {
    const { key, correlationId } = sent;
    const { id, eventIds, revision, position } = answer;
    const stored = ofCommand.get(correlationId) ?? [];
    expect([key, stored.map(({ eventId }) => eventId)]).toEqual([key, eventIds]);
    const named = at.get(`contract-${id} ${revision}`);
    expect([key, position]).toEqual([key, named && tokens.encode(named)]);
    if (eventIds.length > 0) expect([key, named?.eventId]).toEqual([key, eventIds.at(-1)]);
  }
  for (const { key, correlationId, unknown } of journal.refused()) {
    // An attempt that got no answer may have been decided after the one that was refused.
    if (unknown === 0) expect([key, ofCommand.get(correlationId)]).toEqual([key, undefined]);
  }
  expect(journal.broken).toEqual([]);
  const sent = new Set(journal.all.map(({ correlationId }) => correlationId));
  const strangers = events.filter(
    ({ category, meta }) => category === 'contract' && !sent.has(meta.$correlationId),
  );
  expect(strangers).toEqual([]);
}

/** Every stream without a hole, no event twice, and the events of one command side by side, as one append leaves them. */
function expectWholeLog(events: readonly Recorded[]): void {
  const next = new Map<string, bigint>();
  const closed = new Set<string>();
  const ids = new Set<string>();
  let command = '';
  for (const { stream, revision, eventId, meta } of events) {
    expect([stream, revision]).toEqual([stream, next.get(stream) ?? 0n]);
    next.set(stream, revision + 1n);
    ids.add(eventId);
    const mine = `${stream} ${meta.commandId}`;
    if (mine === command) continue;
    expect([mine, closed.has(mine)]).toEqual([mine, false]);
    closed.add((command = mine));
  }
  expect(ids.size).toBe(events.length);
}

/** Each contract has each of its terms once, in order and at its own instant, and none is over without a successor. */
export function expectRenewedOnce(events: readonly Recorded[], now: string): void {
  const terms = new Map<
    string,
    { readonly effectiveOn: string; last: { termNo: number; startsOn: string } }
  >();
  for (const { type, id, data, meta } of events) {
    if (type !== 'ContractBecameEffective' && type !== 'ContractRenewed') continue;
    // The shapes of these two events.
    const { term, effectiveOn } = data as { term: { termNo: number; startsOn: string }; effectiveOn: string };
    const before = terms.get(id);
    const over = before && naiveEnd(before.effectiveOn, before.last.termNo, before.last.startsOn, policy);
    expect([id, term.termNo, type]).toEqual([
      id,
      (before?.last.termNo ?? 0) + 1,
      before ? 'ContractRenewed' : 'ContractBecameEffective',
    ]);
    if (over) {
      expect([id, meta.effectiveAt]).toEqual([id, shanghaiMidnight(dayAfter(over))]);
      expect([id, term.startsOn]).toEqual([id, dayAfter(over)]);
    }
    terms.set(id, { effectiveOn: before?.effectiveOn ?? effectiveOn, last: term });
  }
  const overdue = [...contractsOf(events)].filter(
    ([, state]) => state.status === 'effective' && state.term.expiresAt <= new Date(now).toISOString(),
  );
  expect(overdue).toEqual([]);
}
const policy = contractPolicyDefaults;

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

/** Every due timer has done its work: nothing is due, nothing is claimed any more, nothing was set aside for a person. */
async function expectIdleTimers({ tables }: LogAndTables, now: string): Promise<void> {
  const due = await tables.query('SELECT * FROM views.deadlines WHERE due_at <= $1', [now]);
  const taken = await tables.query(
    'SELECT w.* FROM views.timer_work w JOIN views.deadlines USING (stream, command, generation)',
  );
  expect({ due, taken }).toEqual({ due: [], taken: [] });
}
