import type { RawEvent } from '#event-store/source';
import { MemoryLog } from '../support/memory-log.js';
import { Random } from '../support/random.js';
import { contracts } from './histories.js';

const DAY = '2026-01-05';

/** Payments of accounts, `eventsPerRow` each, one account after the other in turn. */
export function payments(events: number, eventsPerRow: number, seed: number): MemoryLog {
  const random = new Random(seed);
  const log = new MemoryLog();
  const accounts = Array.from({ length: Math.ceil(events / eventsPerRow) }, () => random.uuid());
  for (let i = 0; i < events; i++) {
    const data = { amountFen: random.whole(0, 99_999), day: DAY };
    log.append('account', accounts[i % accounts.length] ?? '', 'AmountPaid', data);
  }
  return log;
}

/** Contract histories, in turn by groups as in `fillLog`. */
export function histories(events: number, seed: number): MemoryLog {
  const log = new MemoryLog();
  const open = contracts(events, new Random(seed))[Symbol.iterator]();
  for (;;) {
    const group = Array.from({ length: 1_000 }, () => open.next().value).filter(
      (stream) => stream !== undefined,
    );
    if (group.length === 0) return log;
    const longest = Math.max(...group.map(({ events }) => events.length));
    for (let i = 0; i < longest; i++) {
      for (const { name, events } of group) {
        const event = events[i];
        const id = name.slice(name.indexOf('-') + 1);
        if (event) log.append('contract', id, event.type, event.data, event.metadata);
      }
    }
  }
}

/** The events in batches as the engine takes them. */
export function* batches({ events }: MemoryLog, size: number): Iterable<readonly RawEvent[]> {
  for (let from = 0; from < events.length; from += size) yield events.slice(from, from + size);
}
