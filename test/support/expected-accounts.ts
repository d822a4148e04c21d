import type { RawEvent } from '#event-store/source';

interface Expected {
  readonly accounts: Map<string, Record<string, unknown> & { paid_fen: number }>;
  readonly days: Map<string, Record<string, unknown> & { payments: number; paid_fen: string }>;
}

/** What the account tables must hold after these events: computed naively, event by event, without the engine. */
export function expectedContents(events: readonly RawEvent[]) {
  const expected: Expected = { accounts: new Map(), days: new Map() };
  const revisions = new Map<string, string>();
  for (const event of events) {
    take(expected, event);
    revisions.set(event.stream, String(event.revision));
  }
  const sorted = <V>(map: ReadonlyMap<string, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    accounts: sorted(expected.accounts).map(([, row]) => row),
    days: sorted(expected.days).map(([, row]) => row),
    streams: sorted(revisions).map(([stream, revision]) => ({ stream, revision })),
  };
}

function take({ accounts, days }: Expected, { stream, type, data }: RawEvent): void {
  const id = stream.slice('account-'.length);
  // The events are the test's own, and so are their shapes.
  const said = data as { owner: string; amountFen: number; day: string; tags: string[] };
  const row = accounts.get(id);
  if (type === 'AccountOpened') {
    accounts.set(id, { id, owner: said.owner, status: 'open', paid_fen: 0, tags: [], last: null });
  }
  if (type === 'AccountClosed') accounts.delete(id);
  if (type === 'AccountRenamed' && row) row['owner'] = said.owner;
  if (type !== 'AmountPaid' || !row) return;
  Object.assign(row, {
    paid_fen: row.paid_fen + said.amountFen,
    tags: said.tags,
    last: { amountFen: said.amountFen },
  });
  const key = `${id} ${said.day}`;
  const day = days.get(key) ?? {
    id,
    day: new Date(`${said.day}T00:00:00`),
    payments: 0,
    paid_fen: '0',
    note: null,
  };
  days.set(key, {
    ...day,
    payments: day.payments + 1,
    paid_fen: String(Number(day.paid_fen) + said.amountFen),
    note: said.tags.at(-1) ?? day['note'],
  });
}
