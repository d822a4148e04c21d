import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '#embedded/store';
import { EventStore, type NewEvent } from '#event-store/store';
import { checkBackup } from '#event-store/transfer/backup-file';
import { linesOf } from '#event-store/transfer/server-log';
import { commandLine } from '../support/command-line.js';
import { dataFolder } from '../support/data-folder.js';
import { freshEventStore } from '../support/event-store.js';
import { until } from '../support/projecting.js';

const folder = dataFolder();
const file = join(folder.path, 'nightly.backup');
let source: Store;
let log: EventStore;
let empty: Store;
let target: EventStore;

beforeAll(async () => {
  source = await freshEventStore();
  log = new EventStore(source.url);
  empty = await freshEventStore();
  target = new EventStore(empty.url);
  const started = { logId: randomUUID(), simulated: false, clockAt: '2025-01-01T00:00:00.000Z' };
  await log.append('log-main', -1n, [event('LogStarted', started)]);
});
afterAll(async () => {
  await log.close();
  await target.close();
  await source.stop();
  await empty.stop();
  await folder.remove();
});

const event = (type: string, data: Record<string, unknown>): NewEvent => ({
  eventId: randomUUID(),
  type,
  data,
  metadata: {},
});
const at = (url: string) => ({ EVENTSTORE_URL: url, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
const backup = (...options: string[]) => commandLine(['backup', file, ...options], at(source.url));

const restoring = (...args: string[]) => commandLine(args, at(empty.url));

async function restoreThroughKill(): Promise<void> {
  let kill = () => {};
  const killed = commandLine(
    ['restore', file],
    at(empty.url),
    (child) => (kill = () => child.kill('SIGKILL')),
  );
  await until(async () => (await target.head()) !== undefined);
  kill();
  expect((await killed).code).toBeNull();
  expect((await contents(target)).length).toBeLessThan(601);
  expect(await restoring('restore', file)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/ [1-9]\d* were there already\n[^]*the same events in the same order/),
  });
}

async function contents(store: EventStore): Promise<string[]> {
  const found = [];
  for await (const { content } of linesOf(store)) found.push(content);
  return found;
}

/** Writers that take turns in streams of their own, so that every append is a run of one event. */
async function write(streams: number, events: number): Promise<void> {
  const writer = async (stream: number) => {
    for (let n = 0; n < events; n++)
      await log.append(`count-${stream}`, BigInt(n) - 1n, [event('Counted', { n })]);
  };
  await Promise.all(Array.from({ length: streams }, (_, stream) => writer(stream)));
}

test('a backup under live writers is the beginning of the log; it is continued, restored through a kill, and checked', async () => {
  const writing = write(4, 150);
  await until(async () => (await contents(log)).length > 100);
  expect(await backup()).toMatchObject({ code: 0 });
  const early = await checkBackup(file);
  expect(early.events).toBeGreaterThan(100);
  await writing;
  expect(await backup('--continue')).toMatchObject({ code: 0 });
  expect(await checkBackup(file)).toMatchObject({ events: 601, logId: early.logId });

  await restoreThroughKill();
  expect(await contents(target)).toEqual(await contents(log));

  // The two logs go different ways from here on.
  await target.append('count-0', 149n, [event('Counted', { n: 150 })]);
  expect(await restoring('verify', file, '--log')).toMatchObject({ code: 0 });
  await log.append('count-1', 149n, [event('Counted', { n: 150 })]);
  expect(await backup('--continue')).toMatchObject({ code: 0 });
  const foreign = await restoring('backup', file, '--continue');
  expect(foreign).toMatchObject({ code: 1, err: expect.stringContaining('Make a new backup') });
  const differing = await restoring('verify', file, '--log');
  expect(differing).toMatchObject({
    code: 1,
    err: expect.stringContaining('they differ from here on: event 602'),
  });
}, 120_000);

test('an empty log is begun by nobody who only asks, and a damaged backup is refused before anything is written', async () => {
  const { url, stop } = await freshEventStore();
  const untouched = new EventStore(url);
  const spoilt = join(folder.path, 'spoilt.backup');
  writeFileSync(spoilt, readFileSync(file).subarray(0, -100));
  const refused = await commandLine(['restore', spoilt], at(url));
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('damaged or no backup') });
  const asked = await commandLine(['status'], at(url));
  expect(asked).toMatchObject({ code: 1, err: expect.stringContaining('The log is empty') });
  expect(await untouched.head()).toBeUndefined();
  await untouched.close();
  await stop();
}, 60_000);
