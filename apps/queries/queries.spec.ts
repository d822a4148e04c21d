import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { record } from '../../test/support/contract-lives.js';
import { executedOn, playContract } from '../../test/support/contract.js';
import { logId, reached } from '../../test/support/projecting.js';
import { ended, nobody, ServedQueries } from '../../test/support/serving-queries.js';
import type { Runner } from '#projection/runner';

describe('the queries over HTTP', () => {
  let queries: ServedQueries;

  beforeAll(async () => {
    queries = await ServedQueries.start();
  });
  afterAll(() => queries.stop());

  let runner: Runner;

  it('is not ready, and answers not-caught-up, before there are tables', async () => {
    expect(await queries.get(`/v1/contracts/${ended}`)).toMatchObject({
      status: 503,
      body: { type: '/problems/not-caught-up' },
    });
    expect(await queries.get('/health/ready')).toMatchObject({
      status: 503,
      body: { ready: false, checks: [{ name: 'clock' }, { ok: false, detail: 'still to be built: all' }] },
    });
    runner = await queries.project();
    const checks = [
      { name: 'clock', ok: true },
      { name: 'tables', ok: true, detail: 'built' },
    ];
    expect(await queries.get('/health/ready')).toMatchObject({ status: 200, body: { ready: true, checks } });
  });

  it('answers 404, 400 and 403 with problems', async () => {
    expect(await queries.get(`/v1/contracts/${nobody}`)).toMatchObject({
      status: 404,
      body: { type: '/problems/not-found' },
    });
    expect(await queries.get(`/v1/contracts/${nobody}/history`)).toMatchObject({ status: 404 });
    expect(await queries.get('/v1/policies/nobody')).toMatchObject({ status: 404 });
    expect((await queries.get('/v1/contracts/7')).body.errors).toMatchObject([{ in: 'path', path: '/id' }]);
    expect((await queries.get('/v1/contracts?status=asleep&limit=0&colour=red')).body.errors).toHaveLength(3);
    expect((await queries.get('/v1/contracts?dueFrom=2026-01-01')).body.errors).toMatchObject([
      { path: '/due' },
    ]);
    expect((await queries.get('/v1/contracts?cursor=nonsense')).body.errors).toMatchObject([
      { path: '/cursor' },
    ]);
    expect((await queries.get('/v1/renewals?from=2026-01-01&to=2029-01-01')).body.errors).toMatchObject([
      { path: '/to' },
    ]);
    expect(await queries.get(`/v1/contracts/${ended}/history`, {}, ['reporting'])).toMatchObject({
      status: 403,
    });
    expect(await queries.get('/v1/policies', {}, ['tenant'])).toMatchObject({ status: 403 });
  });

  it('waits for a position that is asked for, and says so when the tables do not get there', async () => {
    const id = randomUUID();
    const asked = queries.get(`/v1/contracts/${id}?atLeast=${logId}/${queries.log.head + 100n}`);
    record(
      queries.log,
      id,
      playContract()
        .given(...executedOn('2025-03-15'))
        .events.slice(0, 1),
    );
    expect(await asked).toMatchObject({ status: 200, body: { status: { code: 'draft' } } });
    const never = await queries.get(`/v1/contracts?atLeast=${logId}/${queries.log.head + 1n}`);
    expect(never).toMatchObject({ status: 503, body: { type: '/problems/not-caught-up' } });
    expect(never.headers.get('retry-after')).toBe('1');
  });

  it('refuses a position of another log, or of another copy of this one', async () => {
    const last = queries.log.events.at(-1);
    const own = `${logId}/${last?.position}/${last?.eventId}`;
    expect(await queries.get(`/v1/contracts?atLeast=${own}`)).toMatchObject({ status: 200 });
    const restored = `${logId}/${last?.position}/${randomUUID()}`;
    const migrated = `${logId}/${queries.log.head - 1n}/${last?.eventId}`;
    for (const atLeast of [`${randomUUID()}/1`, restored, migrated]) {
      const foreign = await queries.get(`/v1/contracts?atLeast=${atLeast}`);
      expect(foreign).toMatchObject({ status: 400, body: { type: '/problems/foreign-log' } });
    }
  });

  it('measures how far each table is', async () => {
    await reached(runner, queries.log.head);
    const { body } = await queries.get('/metrics');
    expect(body).toContain(`fourstar_view_position{projection="contracts"} ${queries.log.head}`);
    expect(body).toContain('fourstar_view_lag_positions{projection="audit-index"} 0');
    expect(body).toMatch(/fourstar_view_age_seconds\{projection="policies"\} \d/);
  });

  it('tells which table is behind, and whose projector is gone', async () => {
    await runner.stop();
    const { head } = queries.log;
    await queries.dataSource.query(
      `UPDATE views.checkpoints SET position = position - 1 WHERE name = 'contracts'`,
    );
    await queries.dataSource.query(`UPDATE views.readers SET heartbeat_at = now() - interval '1 minute'`);
    const { status, body } = await queries.get('/health/ready');
    expect(status).toBe(200);
    expect(body.checks[1].detail).toMatch(
      `built; behind: contracts at ${head - 1n} of ${head}; no projector has been alive for 6`,
    );
  });

  it('answers 503 from a table of another release: of a newer one for good, of an older one until it is built', async () => {
    const become = (change: number) =>
      queries.dataSource.query(
        `UPDATE views.checkpoints SET version = version + $1 WHERE name = 'contracts'`,
        [change],
      );
    for (const [change, type] of [
      [1, 'upgrade-pending'],
      [-1, 'not-caught-up'],
    ] as const) {
      await become(change);
      const refused = await queries.get(`/v1/contracts/${ended}`);
      expect(refused).toMatchObject({ status: 503, body: { type: `/problems/${type}` } });
      expect((await queries.get('/v1/policies')).status).toBe(200);
      const { body } = await queries.get('/health/ready');
      expect(body.checks[1]).toMatchObject({
        ok: false,
        detail: expect.stringContaining('still to be built: contracts'),
      });
      await become(-change);
    }
  });

  it('documents every route', async () => {
    const { paths } = (await queries.get('/openapi.json')).body;
    expect(Object.keys(paths)).toEqual([
      ...['/v1/contracts', '/v1/contracts/{id}', '/v1/contracts/{id}/history'],
      ...['/v1/policies', '/v1/policies/{group}', '/v1/renewals', '/v1/timers'],
    ]);
  });
});
