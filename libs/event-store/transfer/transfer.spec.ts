import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Store } from '#embedded/store';
import { freshEventStore } from '../../../test/support/event-store.js';
import { EventStore, type NewEvent } from '../store.js';
import { checkBackup, DamagedBackup, readBackup, writeBackup } from './backup-file.js';
import { compareLogs } from './compare.js';
import { copyInto, NotEmpty } from './copy.js';
import type { LogLine } from './log-line.js';
import { linesOf } from './server-log.js';

const logId = '5f0c7a52-6c0a-4d63-9d0b-0000000000aa';
const folder = mkdtempSync(join(tmpdir(), 'fourstar-transfer-'));
const file = (name: string) => join(folder, name);

let node: Store;
let source: EventStore;
let emptyNode: Store;
let target: EventStore;

const event = (
  type: string,
  data: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): NewEvent => ({
  eventId: randomUUID(),
  type,
  data,
  metadata,
});
const counted = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => event('Counted', { n: from + i }, { schemaVersion: 1 }));
const started = () => event('LogStarted', { logId, simulated: true, clockAt: '2025-01-01T00:00:00.000Z' });

/** A log with runs, streams that take turns, a type that nobody knows and text that separates lines elsewhere. */
beforeAll(async () => {
  node = await freshEventStore();
  source = new EventStore(node.url);
  await source.append('log-main', -1n, [started()]);
  await source.append('count-a', -1n, counted(0, 600));
  for (let n = 0; n < 40; n++) {
    await source.append('count-b', BigInt(n) - 1n, counted(n, n + 1));
    await source.append('count-c', BigInt(n) - 1n, counted(n, n + 1));
  }
  const odd = {
    text: 'a\u2028b\u2029c\n"壹"',
    nothing: null,
    list: [1.5, -0, 1e21],
    nested: { z: 1, a: '' },
  };
  await source.append('never-heard-of', -1n, [event('Odd ",\\ one', odd, { $tb: 'x' })]);
  await source.append('count-a', 599n, counted(600, 601));
});
afterAll(async () => {
  await source.close();
  await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const found = [];
  for await (const line of lines) found.push(line);
  return found;
}
const contents = async (lines: AsyncIterable<LogLine>) => (await all(lines)).map(({ content }) => content);

async function* first(lines: AsyncIterable<LogLine>, count: number): AsyncGenerator<LogLine> {
  for (const line of (await all(lines)).slice(0, count)) yield line;
}

/** Hands on so many events, and then fails as a connection does. */
async function* cutAfter(count: number): AsyncGenerator<LogLine> {
  yield* first(linesOf(source), count);
  throw new Error('cut');
}

const verdict = async (one: AsyncIterable<LogLine>, other: AsyncIterable<LogLine>) =>
  compareLogs({ name: 'one', lines: one }, { name: 'other', lines: other });

test('an earlier backup is continued to the very file that a new one would be', async () => {
  const head = (await all(linesOf(source)))[650]?.event.position ?? 0n;
  await writeBackup(file('part'), linesOf(source, { upTo: head }), '1');
  expect(await checkBackup(file('part'))).toMatchObject({ events: 651, head: { position: head } });
  async function* continued() {
    yield* readBackup(file('part'));
    yield* linesOf(source, { after: head });
  }
  const whole = await writeBackup(file('continued'), continued(), '1');
  expect(whole).toEqual(await writeBackup(file('new'), linesOf(source), '1'));
});

describe('a backup that is', () => {
  const spoilt: readonly (readonly [string, (lines: string[]) => string[] | Buffer])[] = [
    ['cut at the end of a line', (lines) => lines.slice(0, -1)],
    ['cut anywhere', (lines) => gzipSync(lines.join('\n')).subarray(0, 2_000)],
    ['reordered', ([one = '', two = '', three = '', ...rest]) => [one, three, two, ...rest]],
    ['lacking an event', (lines) => lines.toSpliced(300, 1)],
    ['holding an event twice', (lines) => lines.toSpliced(300, 0, lines[300] ?? '')],
    ['changed in its data', (lines) => lines.with(300, lines[300]?.replace('"n":299', '"n":298') ?? '')],
    [
      'changed in a position',
      (lines) => lines.with(-3, lines.at(-3)?.replace(/(\d)"}$/, (_, n) => `${9 - n}"}`) ?? ''),
    ],
    ['changed in its spelling', (lines) => lines.with(300, lines[300]?.replace('{"n"', '{ "n"') ?? '')],
    ['given another manifest', (lines) => lines.with(-1, lines.at(-1)?.replace(logId, randomUUID()) ?? '')],
    ['continued after its manifest', (lines) => [...lines, lines[1] ?? '']],
    ['of something else', () => ['{"event":{}}']],
    ['of another system', ([, ...rest]) => rest],
    ['no compressed file', () => Buffer.from('once upon a time')],
    ['empty', () => Buffer.alloc(0)],
  ];

  test.each(spoilt)('%s is refused', async (_, spoil) => {
    if (!existsSync(file('good'))) await writeBackup(file('good'), linesOf(source), '1');
    const lines = gunzipSync(readFileSync(file('good')))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const made = spoil(lines);
    writeFileSync(file('spoilt'), Array.isArray(made) ? gzipSync(`${made.join('\n')}\n`) : made);
    await expect(checkBackup(file('spoilt'))).rejects.toThrow(DamagedBackup);
  });

  test('not there is said to be so', async () => {
    await expect(checkBackup(file('nowhere'))).rejects.toThrow(`there is no ${file('nowhere')}`);
  });
});

describe('a copy', () => {
  beforeEach(async () => {
    emptyNode = await freshEventStore();
    target = new EventStore(emptyNode.url);
  });
  afterEach(async () => {
    await target.close();
    await emptyNode.stop();
  });

  test('goes through a file onto another server: the same events in the same order, and it is proved', async () => {
    const written = await writeBackup(file('whole'), linesOf(source), '1.2.3');
    expect(await checkBackup(file('whole'))).toEqual(written);
    expect(written).toMatchObject({ logId, release: '1.2.3', events: 683 });
    expect(written.head.position).toBe(await source.head());
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);

    expect(await copyInto(target, readBackup(file('whole')))).toEqual({ found: 0, written: 683 });
    const { sides, difference } = await verdict(linesOf(source), linesOf(target));
    expect(difference).toBeUndefined();
    expect(sides.map(({ events, chain }) => [events, chain])).toEqual([
      [683, written.chain],
      [683, written.chain],
    ]);
    const [there] = (await all(linesOf(target))).slice(-2);
    expect(there?.event).toMatchObject({ stream: 'never-heard-of', revision: 0n, metadata: { $tb: 'x' } });
  });

  test.each([1, 620])('that was cut after %i events goes on', async (count) => {
    await expect(copyInto(target, cutAfter(count))).rejects.toThrow('cut');
    const found = (await contents(linesOf(target))).length;
    expect(found).toBeLessThanOrEqual(count);
    expect(await copyInto(target, linesOf(source))).toEqual({ found, written: 683 - found });
    expect(await copyInto(target, linesOf(source))).toEqual({ found: 683, written: 0 });
    expect(await contents(linesOf(target))).toEqual(await contents(linesOf(source)));
  });

  test('is not begun where anything else is, which it names', async () => {
    await target.append('log-main', -1n, [started()]);
    const refused = expect(copyInto(target, linesOf(source))).rejects;
    await refused.toThrow(NotEmpty);
    await refused.toThrow(/it holds LogStarted \S+ \(log-main, revision 0\), instead of LogStarted/);
    expect(await contents(linesOf(target))).toHaveLength(1);
  });

  test('is not gone on with when somebody has written to it', async () => {
    await copyInto(target, first(linesOf(source), 10));
    await target.append('count-x', -1n, counted(0, 1));
    await expect(copyInto(target, linesOf(source))).rejects.toThrow(
      /it holds Counted .*count-x.* after 10 events/,
    );
    await expect(copyInto(target, first(linesOf(source), 10))).rejects.toThrow(
      'where the log to be copied has ended',
    );
  });

  test('of a stream whose beginning is lost says so', async () => {
    const lost = all(linesOf(source)).then((lines) => lines.filter((_, n) => n !== 1));
    async function* lines() {
      yield* await lost;
    }
    await expect(copyInto(target, lines())).rejects.toThrow(
      /count-a, revision 1\) does not follow in the target/,
    );
  });

  test('that was tampered with is found out, where it differs first', async () => {
    const lines = await all(linesOf(source));
    const changed = lines.with(5, { ...lines[5]!, event: { ...lines[5]!.event, data: { n: 7 } } });
    async function* tampered() {
      yield* changed;
    }
    await copyInto(target, tampered());
    const { difference, sides } = await verdict(linesOf(source), linesOf(target));
    expect(difference).toMatch(/^event 6: one has Counted \S+ \(count-a, revision 4\), other has Counted/);
    expect(sides[0]?.chain).not.toBe(sides[1]?.chain);
    expect(sides.map(({ events }) => events)).toEqual([683, 683]);
    const shorter = await verdict(linesOf(source), first(linesOf(source), 682));
    expect(shorter.difference).toMatch(/^event 683: .*other has nothing$/);
  });
});
