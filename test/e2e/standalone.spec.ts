import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { ask, ready, startApp, stopApps, type App } from '../support/apps.js';
import { advanceClock, answered, ContractClient, keyed } from '../support/contract-client.js';
import { dataFolder } from '../support/data-folder.js';

const started = '2025-03-03T09:00:00.000+08:00';
const folder = dataFolder();
let app: App;
let client: ContractClient;

async function start(): Promise<void> {
  app = await startApp('standalone', { env: { DATA_DIR: folder.path, SIMULATED_FROM: started } });
  client = new ContractClient(app);
  await ready(app);
}

beforeAll(start);
afterAll(async () => {
  await stopApps();
  await folder.remove();
});

interface Fired {
  readonly at: string;
  readonly type: string;
}
const move = async (to: string) => (await advanceClock(app, to))['fired'] as readonly Fired[];
const typesOf = (fired: readonly Fired[]) => fired.map(({ at, type }) => `${at.slice(0, 10)} ${type}`);
const day = (date: string) => `${date}T10:00:00+08:00`;

/** What the tables answer about a contract, at least as new as the last command. */
async function shown(id: string): Promise<Record<string, unknown>> {
  return answered(await client.show(id, await position(id)));
}
/** A command that changes nothing tells where the log is. */
const position = async (id: string) =>
  String(
    answered(await client.command(id, 'responsibility-letter', { letter: 'letter:2025-117' }))['position'],
  );

/** Drops every table, as an operator may at any time. */
async function dropViews(): Promise<void> {
  const postmaster = readFileSync(join(folder.path, 'postgres/cluster/data/postmaster.pid'), 'utf8');
  const password = readFileSync(join(folder.path, 'postgres/password'), 'utf8').trim();
  const port = Number(postmaster.split('\n')[3]);
  const database = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'fourstar',
    password,
    database: 'fourstar',
  });
  await database.connect();
  await database.query('DROP SCHEMA views CASCADE');
  await database.end();
}

test('a contract lives from its draft to its expiry, across a restart, on a clock that is moved over HTTP', async () => {
  const drafted = await client.draft();
  expect(drafted).toMatchObject({ status: 201, body: { revision: '0', repeated: false } });
  const id = String(drafted.body['id']);
  for (const [route, body] of ContractClient.execution('2025-03-03'))
    expect(await client.command(id, route, body)).toMatchObject({ status: 200 });
  expect(await shown(id)).toMatchObject({
    status: { code: 'effective' },
    effectiveOn: '2025-03-03',
    termNo: 1,
  });

  expect(typesOf(await move(day('2026-02-20')))).toEqual([
    '2025-12-04 NoticeReminderIssued',
    '2025-12-19 NoticeReminderIssued',
    '2026-01-02 NoticeReminderIssued',
    '2026-02-03 RenewalLocked',
  ]);
  const before = await shown(id);
  await app.stop();
  await start();
  const now = await ask(app, 'POST', '/v1/clock', { to: '2026-02-19T00:00:00Z' });
  expect(now).toMatchObject({ status: 409, body: { type: '/problems/clock-only-forwards' } });
  expect(await shown(id)).toEqual(before);

  const twoYears = typesOf(await move(day('2028-01-10')));
  expect(twoYears.filter((each) => each.endsWith('ContractRenewed'))).toEqual([
    '2026-03-03 ContractRenewed',
    '2027-03-03 ContractRenewed',
  ]);
  const notice = { from: 'A', medium: 'letter', arrivedAt: day('2028-01-09'), evidence: 'letter-in:1' };
  expect(await client.command(id, 'notices', notice)).toMatchObject({ status: 200 });
  expect(typesOf(await move(day('2029-06-01')))).toEqual(['2028-03-03 ContractExpired']);
  expect(await shown(id)).toMatchObject({
    status: { code: 'expired' },
    termNo: 3,
    endedAt: '2028-03-03T16:00:00.000Z',
  });
  const metrics = await ask(app, 'GET', '/metrics');
  expect(metrics.body['text']).toContain('fourstar_contracts_overdue 0\n');
  expect(metrics.body['text']).toContain('fourstar_timers_parked 0\n');
});

test('a repeat is answered from the log alone, after a restart and with every table dropped', async () => {
  const first = await client.draft('draft-1');
  const id = String(first.body['id']);
  const fee = { annualFeeFen: 100_00, annualFeeCapital: '壹佰元整' };
  const priced = await client.command(id, 'fee', fee, keyed('fee-1'));
  await dropViews();
  await app.stop();
  await start();
  expect((await client.draft('draft-1')).body).toEqual({ ...first.body, repeated: true });
  expect((await client.command(id, 'fee', fee, keyed('fee-1'))).body).toEqual({
    ...priced.body,
    repeated: true,
  });
  const other = { ...fee, annualFeeFen: 1 };
  expect(await client.command(id, 'fee', other, keyed('fee-1'))).toMatchObject({ status: 422 });
  expect(await shown(id)).toMatchObject({ revision: '2', fee: { annualFeeFen: 100_00 } });
});

test('tables that are dropped under the running application come back, and the timers with them', async () => {
  const id = await client.effective('2025-03-03');
  await dropViews();
  expect(typesOf(await move(day('2030-04-01')))).toContain('2030-03-03 ContractRenewed');
  expect(await shown(id)).toMatchObject({ termNo: 6 });
});

test('a caller may insist on the revision that it has seen, and is told why it is refused', async () => {
  const drafted = await client.draft();
  const id = String(drafted.body['id']);
  expect(drafted.headers.get('etag')).toBe('"0"');
  const letter = { letter: 'letter:1' };
  const seen = await client.command(id, 'responsibility-letter', letter, { 'if-match': '"0"' });
  expect([seen.status, seen.headers.get('etag')]).toEqual([200, '"1"']);
  const stale = await client.command(
    id,
    'fee',
    { annualFeeFen: 100, annualFeeCapital: '壹元整' },
    { 'if-match': '"0"' },
  );
  expect(stale.status).toBe(412);
  const unequal = await client.command(id, 'fee', { annualFeeFen: 100, annualFeeCapital: '贰元整' });
  expect(unequal).toMatchObject({
    status: 409,
    body: { title: expect.any(String), detail: expect.any(String) },
  });
  expect(unequal.headers.get('content-type')).toContain('application/problem+json');
});

test('--ephemeral keeps nothing', async () => {
  const unused = dataFolder();
  const env = { DATA_DIR: join(unused.path, 'data'), SIMULATED_FROM: started };
  const ephemeral = await startApp('standalone', { env, args: ['--ephemeral'] });
  const id = await new ContractClient(ephemeral).effective('2025-03-03');
  await ephemeral.stop();
  expect(existsSync(env.DATA_DIR)).toBe(false);
  const again = await startApp('standalone', { env, args: ['--ephemeral'] });
  const asked = await new ContractClient(again).command(id, 'responsibility-letter', { letter: 'letter:1' });
  expect(asked.status).toBe(409);
  await again.stop();
  expect(readdirSync(unused.path)).toEqual([]);
  await unused.remove();
});
