import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Stores } from '#embedded/stores';
import { addressesFile } from '#embedded/stores';
import { ask, ready, startApp, stopApps, type App } from '../support/apps.js';
import { advanceClock, answered, ContractClient, keyed } from '../support/contract-client.js';
import { dataFolder } from '../support/data-folder.js';
import { LogAndTables } from '../support/log-and-tables.js';
import { unpack, type OldInstallation } from '../support/old-installation.js';
import { expectRenewedOnce, expectTrueTables } from '../support/verdict.js';

const folder = dataFolder();
let old: OldInstallation;
let app: App;
let client: ContractClient;
let system: LogAndTables;

/** Starts this release on the old data folder. */
async function start(): Promise<void> {
  app = await startApp('standalone', { env: { DATA_DIR: folder.path, SIMULATED_FROM: old.simulatedFrom } });
  client = new ContractClient(app);
  await ready(app);
  const stores = JSON.parse(readFileSync(addressesFile(folder.path), 'utf8')) as Stores;
  system = await LogAndTables.open(stores.eventStoreUrl, stores.databaseUrl, old.simulatedFrom);
}

async function stop(): Promise<void> {
  await system.close();
  await app.stop();
}

beforeAll(async () => {
  old = await unpack('spine', folder.path);
  await start();
}, 60_000);
afterAll(async () => {
  await system.close();
  await stopApps();
  await folder.remove();
});

const shown = async (id: string) => answered(await client.show(id));
const fired = async (to: string) => {
  const happened = (await advanceClock(app, to))['fired'] as { at: string; stream: string; type: string }[];
  const name = (stream: string) => Object.entries(old.contracts).find(([, id]) => stream.endsWith(id))?.[0];
  return happened.map(({ at, stream, type }) => `${at.slice(0, 10)} ${name(stream)} ${type}`);
};

/** Since the old release a position names its event too. */
function withEvent(answer: Readonly<Record<string, unknown>>): object {
  // What every command answers with.
  const last = (answer['events'] as { eventId: string }[]).at(-1);
  return { ...answer, position: `${String(answer['position'])}/${last?.eventId}` };
}

/** As they stood under the old release after its last command, on 10 February 2027. */
const standing = {
  renewing: ['effective', 2],
  noticed: ['expired', 1],
  disputed: ['effective', 2],
  held: ['effective', 1],
  ended: ['terminated', 1],
  draft: ['draft', null],
  young: ['effective', 1],
};

async function expectOldStanding(): Promise<void> {
  for (const [life, [code, termNo]] of Object.entries(standing)) {
    const id = old.contracts[life as keyof typeof standing];
    const { status, termNo: term } = await shown(id);
    expect([life, (status as { code: string }).code, term ?? null]).toEqual([life, code, termNo]);
  }
}

test('an old installation stands under this release as it stood, and nothing fires by the upgrade', async () => {
  await expectOldStanding();
  await expectTrueTables(system);
  const last = BigInt(String(old.answers.at(-1)?.answer['position']).split('/')[1] ?? '');
  const since = (await system.events()).filter(({ position }) => position > last);
  expect(since.filter(({ meta }) => meta.actor === 'system:deadline')).toEqual([]);
  const timers = answered(await ask(app, 'GET', `/v1/timers?stream=contract-${old.contracts.held}`));
  const states = (timers['items'] as { state: { code: string } }[]).map(({ state }) => state.code);
  expect(new Set(states)).toEqual(new Set(['held']));
});

test('every command of the old release, sent again, writes nothing, and those of its last 30 days have their first answer', async () => {
  const before = await system.engine.store.head();
  const recent = old.answers.filter(({ clockAt }) => clockAt >= '2027-01-12');
  expect(recent.length).toBeGreaterThan(8);
  for (const each of old.answers) {
    // Only the first of the two persons has a token here; the command of the other would be another one.
    if (each.by !== 'first') continue;
    const again = await ask(app, 'POST', `/v1${each.path}`, each.body, keyed(each.key));
    if (recent.includes(each))
      expect([each.path, again.body]).toEqual([each.path, { ...withEvent(each.answer), repeated: true }]);
    else expect([200, 201, 409]).toContain(again.status);
  }
  expect(await system.engine.store.head()).toBe(before);
});

test('started again it goes on: what falls due is on its own day, held timers stay held until they are released', async () => {
  await stop();
  await start();
  await expectOldStanding();
  const { disputed, held, young } = old.contracts;
  const [notice] = (await shown(disputed))['notices'] as { id: string }[];
  const decision = { noticeId: notice?.id, accepted: true, reason: { code: 'arrived-in-time' } };
  answered(await client.command(disputed, 'notices/decide', decision));
  const happened = await fired('2027-04-01T10:00:00+08:00');
  expect(happened).toContain('2027-02-28 disputed ContractExpired');
  expect(happened).toContain('2027-03-03 renewing ContractRenewed');
  expect(happened.filter((each) => /held|noticed|ended|draft|young/.test(each))).toEqual([]);

  const timers = answered(await ask(app, 'GET', `/v1/timers?stream=contract-${held}`));
  for (const { id, stream, command, generation } of timers['items'] as Record<string, string>[]) {
    const body = { stream, command, generation, reason: { code: 'reviewed' } };
    answered(await ask(app, 'POST', `/v1/timers/${id}/release`, body));
  }
  await advanceClock(app, '2028-03-01T10:00:00+08:00');
  expect(await shown(young)).toMatchObject({ termNo: 2 });
  const events = await system.events();
  const renewals = events.filter(({ id, type }) => id === held && type === 'ContractRenewed');
  expect(renewals.map(({ meta }) => meta.effectiveAt.slice(0, 10))).toEqual(['2026-03-03', '2027-03-03']);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
  expectRenewedOnce(events, '2028-03-01T10:00:00+08:00');
  await expectTrueTables(system);
}, 60_000);
