import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EventStore } from '#event-store/store';
import { compareLogs, type Side } from '#event-store/transfer/compare';
import type { LogLine } from '#event-store/transfer/log-line';
import type { Manifest } from '#event-store/transfer/manifest';

const TELL_MS = 1_000;

/** Does some work with the log on a server, which it neither begins nor needs to understand. */
export async function withLog<T>(url: string, work: (log: EventStore) => Promise<T>): Promise<T> {
  const log = new EventStore(url);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** Hands events on and says about once a second, on standard error, how many there were. */
export async function* telling(what: string, lines: AsyncIterable<LogLine>): AsyncGenerator<LogLine> {
  let events = 0;
  let toldAt = performance.now();
  for await (const line of lines) {
    events++;
    if (performance.now() - toldAt > TELL_MS) {
      toldAt = performance.now();
      process.stderr.write(`${what}: ${events} events\n`);
    }
    yield line;
  }
}

/** The first `count` events. */
export async function* firstOf(lines: AsyncIterable<LogLine>, count: number): AsyncGenerator<LogLine> {
  let left = count;
  if (left === 0) return;
  for await (const line of lines) {
    yield line;
    if (--left === 0) return;
  }
}

/** Compares two logs and prints what both hold. Throws the first place at which they differ. */
export async function mustBeSame(left: Side, right: Side): Promise<void> {
  const lines = telling('comparing', left.lines);
  const { sides, difference } = await compareLogs({ ...left, lines }, right);
  for (const { name, events, chain } of sides) console.log(`${name}: ${events} events, chain ${chain}`);
  if (difference !== undefined) throw new Error(`they differ from here on: ${difference}`);
  console.log('the same events in the same order');
}

export const inWords = ({ logId, events, head, chain, release }: Manifest): string =>
  `${events} events of log ${logId} up to ${head.eventId} at position ${head.position}, chain ${chain}, by release ${release}`;

/** The release that runs: Node itself needs its package.json, wherever it is installed. */
export function release(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}
