import { afterAll, expect, test } from '@jest/globals';
import { ask, ready, startApp, stopApps, type App } from '../support/apps.js';
import { answered, ContractClient } from '../support/contract-client.js';
import { freshDatabase } from '../support/postgres.js';
import { until } from '../support/projecting.js';
import { ReplaceableNode } from '../support/replaceable-node.js';

const SIMULATED_FROM = '2025-03-03T09:00:00.000+08:00';
const names = ['commands', 'projections', 'queries', 'timers'] as const;
let node: ReplaceableNode | undefined;

afterAll(async () => {
  await stopApps();
  await node?.remove();
});

test('a store that is restored from a backup under running applications stops each of them', async () => {
  node = await ReplaceableNode.start();
  const { url: DATABASE_URL } = await freshDatabase();
  const env = { EVENTSTORE_URL: node.url, DATABASE_URL, SIMULATED_FROM };
  const [commands, projections, queries, timers] = await Promise.all(
    names.map((name) => startApp(name, { env })),
  );
  if (!commands || !projections || !queries || !timers) throw new Error('four were started');
  await Promise.all([commands, projections, timers].map((app) => ready(app)));
  const clients = new ContractClient(commands, queries);
  await clients.draft();
  const older = await node.backup();
  await Promise.all([commands, projections, timers].map((app) => ready(app)));
  const { body, headers } = await clients.draft('lost');
  const id = String(answered({ status: 201, headers, body })['id']);
  const position = headers.get('fourstar-position') ?? '';
  await until(async () => (await clients.show(id, position)).status === 200);

  await node.replaceBy(older);
  await until(async () => (await health(projections)).includes('rebuild: '));
  expect(await health(projections)).toMatch(/event \S+ is not at position|the log was replaced or restored/);
  // The contract is in a table still, and nowhere in the log.
  expect((await clients.show(id)).body).toMatchObject({ type: '/problems/tables-of-another-log' });
  await until(async () => (await health(queries)).includes('of a log that was restored'));
  // It would be answered from memory, as a repeat of what the log no longer knows.
  expect((await clients.draft('lost')).body).toMatchObject({ type: '/problems/log-replaced' });
  expect((await clients.command(id, 'fee', fee)).status).toBe(503);
  await until(async () => (await health(commands)).includes('start it again'));
  await until(async () => (await health(timers)).includes('rebuild: '));
}, 90_000);

const fee = { annualFeeFen: 12_000_000, annualFeeCapital: '壹拾贰万元整' };

/** What an application says of itself that is not ready. */
async function health(app: App): Promise<string> {
  const { status, body } = await ask(app, 'GET', '/health/ready');
  return status === 200 ? '' : JSON.stringify(body);
}
