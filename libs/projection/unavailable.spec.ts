import { expect, test } from '@jest/globals';
import { freshDatabase } from '../../test/support/postgres.js';
import { openViews } from './open-views.js';
import { isUnavailable } from './unavailable.js';

/** What a promise is rejected with. */
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a database that is not there or goes away is unavailable; one that refuses a statement is not', async () => {
  expect(isUnavailable(await failureOf(openViews('postgres://nobody@127.0.0.1:1/none', [], [])))).toBe(true);
  const { url, drop } = await freshDatabase();
  const dataSource = await openViews(url, [], []);
  expect(isUnavailable(await failureOf(dataSource.query('SELECT * FROM nowhere')))).toBe(false);
  const ended = await failureOf(dataSource.query('SELECT pg_terminate_backend(pg_backend_pid())'));
  expect([ended, isUnavailable(ended)]).toEqual([expect.any(Error), true]);
  expect(isUnavailable('no error at all')).toBe(false);
  await dataSource.destroy();
  await drop();
});
