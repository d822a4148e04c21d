// Makes an old installation for test/upgrade: what a release leaves behind in its data folder after a life with renewals,
// notices, a dispute, policies and held timers. It runs the code of that release and none of this one:
//
//   git worktree add --detach ../release 85c9dd7 && cd ../release && npm ci && npx nest build standalone
//   node test/old-installations/make.js ../release test/old-installations/spine
//
// log.mdb.gz is the embedded event store's file, views.sql the schema `views`, answers.json every command with its first answer.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { dumpViews } from './dump-views.js';

const [release, target] = process.argv.slice(2);
if (!release || !target) throw new Error('make.js <built checkout of the release> <folder to write to>');
const dataDir = mkdtempSync(join(tmpdir(), 'fourstar-old-'));
const simulatedFrom = '2025-03-03T09:00:00+08:00';
const clockEnds = '2027-02-10T10:00:00+08:00';

const app = spawn(process.execPath, [join(release, 'dist/apps/standalone/main.js')], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    PATH: process.env.PATH,
    PORT: '0',
    LOG_LEVEL: 'error',
    DATA_DIR: dataDir,
    SIMULATED_FROM: simulatedFrom,
  },
});
const ended = new Promise((resolve) => app.once('close', resolve));
const tokens = [];
let url;
for await (const line of createInterface({ input: app.stdout })) {
  const token = /token(?: of dev-second)?: (\S+)/.exec(line)?.[1];
  if (token) tokens.push(token);
  url = /serves at (\S+)/.exec(line)?.[1];
  if (url) break;
}

async function ask(method, path, body, headers = {}, token = tokens[0]) {
  const response = await fetch(`${url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

const answers = [];
let clockAt = simulatedFrom;

/** Asks a command under a key of its own, and keeps the answer. */
async function command(path, body, by = 'first') {
  const key = `old-${answers.length}`;
  const answer = await ask('POST', path, body, { 'idempotency-key': key }, tokens[by === 'first' ? 0 : 1]);
  answers.push({ path, body, key, by, answer, clockAt });
  return answer;
}

async function moveClock(to) {
  await ask('POST', '/clock', { to });
  clockAt = to;
}
const reason = { code: 'agreed-with-customer' };

async function drafted() {
  const { id } = await command('/contracts', {
    customerId: '5b6a1c9e-3a52-4f0e-8a35-2b1f0c9d7e11',
    carrierBranch: 'branch:tj-03',
    product: 'leased-ip-line',
    bandwidthMbps: 100,
    sites: ['site:incubator-1'],
    paymentManner: 'transfer-cheque',
    waiverReason: 'group-customer-agreement',
  });
  return id;
}

async function effective(on) {
  const id = await drafted();
  await command(`/contracts/${id}/fee`, { annualFeeFen: 12_000_000, annualFeeCapital: '壹拾贰万元整' });
  await command(`/contracts/${id}/responsibility-letter`, { letter: 'letter:2025-117' });
  for (const party of ['A', 'B'])
    for (const act of ['sign', 'seal'])
      await command(`/contracts/${id}/${act}`, {
        ...{ party, on, evidence: `scan:${party}`, signatory: `contact:${party}` },
      });
  return id;
}

const notice = (id, arrivedAt) =>
  command(`/contracts/${id}/notices`, { from: 'A', medium: 'letter', arrivedAt, evidence: 'letter-in:1' });

async function live() {
  const renewing = await effective('2025-03-03');
  const noticed = await effective('2025-03-02');
  const disputed = await effective('2025-02-28');
  const held = await effective('2025-03-03');
  const ended = await effective('2025-03-03');
  const draft = await drafted();
  await moveClock('2025-06-01T10:00:00+08:00');
  await command(`/contracts/${ended}/terminate`, {
    ...{ ground: 'MUTUAL', agreement: 'agreement:1', agreedOn: '2025-06-01', reason },
  });
  await command(`/contracts/${renewing}/amend`, {
    agreement: 'agreement:2',
    cause: 'change',
    acts: {
      A: { on: '2025-06-01', evidence: 'scan:A', signatory: 'contact:A' },
      B: { on: '2025-06-01', evidence: 'scan:B', signatory: 'contact:B' },
    },
    effectiveOn: '2025-07-01',
    changes: { bandwidthMbps: 200 },
  });
  const { items } = await ask('GET', `/timers?stream=contract-${held}`);
  for (const { id, stream, command: asks, generation } of items)
    await command(`/timers/${id}/hold`, { stream, command: asks, generation, reason });
  await moveClock('2026-01-10T10:00:00+08:00');
  await notice(noticed, '2026-01-09T10:00:00+08:00');
  await moveClock('2027-01-30T10:00:00+08:00');
  await notice(disputed, '2027-01-30T09:00:00+08:00');
  await moveClock(clockEnds);
  const young = await effective('2027-02-05');
  await command('/policies/carrier/propose', { changes: { hotline: '10099' }, reason });
  const activation = { version: 2, activeFromOn: '2027-06-01', reason };
  await command('/policies/carrier/activate', activation, 'second');
  return { renewing, noticed, disputed, held, ended, draft, young };
}

async function dump() {
  const port = Number(
    readFileSync(join(dataDir, 'postgres/cluster/data/postmaster.pid'), 'utf8').split('\n')[3],
  );
  const password = readFileSync(join(dataDir, 'postgres/password'), 'utf8').trim();
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'fourstar', password, database: 'fourstar' });
  await client.connect();
  return dumpViews(client).finally(() => client.end());
}

try {
  const contracts = await live();
  // Moving the clock to where it stands waits for the tables, and nothing falls due by it.
  await moveClock(clockEnds);
  const views = await dump();
  app.kill('SIGTERM');
  await ended;
  mkdirSync(target, { recursive: true });
  writeFileSync(
    join(target, 'log.mdb.gz'),
    gzipSync(readFileSync(join(dataDir, 'event-store/log.mdb')), { level: 9 }),
  );
  writeFileSync(join(target, 'views.sql'), views);
  writeFileSync(
    join(target, 'answers.json'),
    `${JSON.stringify({ simulatedFrom, contracts, answers }, null, 2)}\n`,
  );
} finally {
  app.kill('SIGTERM');
  await ended;
  // As root, Postgres has its files elsewhere, and the data folder a link.
  rmSync(realpathSync(join(dataDir, 'postgres/cluster')), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
}
