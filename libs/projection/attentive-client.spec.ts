import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { Proxy } from '../../test/chaos/proxy.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { patiently } from './attentive-client.js';
import { openViews } from './open-views.js';
import { inSnapshot } from './reconcile/snapshot.js';
import { isUnavailable } from './unavailable.js';

test('a database that falls silent is unavailable in the end, and the next query goes through on another connection', async () => {
  const { url, drop } = await freshDatabase();
  const proxy = await Proxy.open(Number(new URL(url).port));
  const through = url.replace(/:\d+\//, `:${proxy.port}/`);
  const dataSource = await openViews(through, [], [], 500);
  await dataSource.query('SELECT 1');
  proxy.fallSilent();
  const lost = await dataSource.query('SELECT 1').catch((error: unknown) => error);
  const unreachable = await dataSource.query('SELECT 1').catch((error: unknown) => error);
  expect([lost, unreachable].map(isUnavailable)).toEqual([true, true]);
  proxy.mend();
  expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await dataSource.query('SELECT 2 AS slow FROM pg_sleep(0.3)')).toEqual([{ slow: 2 }]);
  await dataSource.destroy();
  await proxy.close();
  await drop();
});

test('a connection that was idle for long is still watched when it is used again', async () => {
  const { url, drop } = await freshDatabase();
  const proxy = await Proxy.open(Number(new URL(url).port));
  const dataSource = await openViews(url.replace(/:\d+\//, `:${proxy.port}/`), [], [], 300);
  const runner = dataSource.createQueryRunner();
  const { connection } = (await runner.connect()) as { connection: { stream: Socket } };
  await once(connection.stream, 'timeout');
  proxy.fallSilent();
  const lost: unknown = await runner.query('SELECT 1').catch((error: unknown) => error);
  expect(isUnavailable(lost)).toBe(true);
  await runner.release();
  await dataSource.destroy();
  await proxy.close();
  await drop();
}, 10_000);

test('a statement or a snapshot that is known to take long outlasts the silence', async () => {
  const { url, drop } = await freshDatabase();
  const dataSource = await openViews(url, [], [], 200);
  const runner = dataSource.createQueryRunner();
  expect(await patiently(runner, () => runner.query('SELECT 1 AS slow FROM pg_sleep(0.6)'))).toHaveLength(1);
  await expect(runner.query('SELECT FROM pg_sleep(0.6)')).rejects.toThrow('silent');
  await runner.release();
  const read = await inSnapshot(dataSource, async (snapshot) => {
    await once(AbortSignal.timeout(600), 'abort');
    return (await snapshot.query('SELECT 1 AS late')) as unknown[];
  });
  expect(read).toEqual([{ late: 1 }]);
  await dataSource.destroy();
  await drop();
}, 10_000);
