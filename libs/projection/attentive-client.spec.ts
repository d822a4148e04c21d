import { expect, test } from '@jest/globals';
import { Proxy } from '../../test/chaos/proxy.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { openViews } from './open-views.js';
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
