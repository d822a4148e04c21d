import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { timerIdOf } from '#timers/care-events';
import { disputed, ended, ServedQueries } from '../../test/support/serving-queries.js';

let queries: ServedQueries;
const roles = ['operator'];
const timers = (query = '', headers = {}, as = roles) => queries.get(`/v1/timers${query}`, headers, as);

const onePerState = [
  { generation: '1', dueAt: '2026-05-01T00:00:00.000Z', state: 'held' },
  { generation: '2', dueAt: '2026-05-02T00:00:00.000Z', state: 'skipped' },
  { generation: '3', dueAt: '2026-05-03T00:00:00.000Z', state: 'parked' },
  { generation: '4', dueAt: '2026-05-04T00:00:00.000Z', state: 'late' },
  { generation: '5', dueAt: '2026-05-31T23:59:00.000Z', state: 'due' },
  { generation: '6', dueAt: '2026-06-01T00:00:00.000Z', state: 'due' },
  { generation: '7', dueAt: '2026-06-01T00:00:00.001Z', state: 'waiting' },
];
const stream = 'meter-7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f1a';
const keyOf = (generation: string) => ({ stream, command: 'ReadMeter', generation });
const parkedAt = '2026-05-20T10:00:00.123Z';

interface Item {
  readonly generation: string;
  readonly dueAt: string;
  readonly state: { readonly code: string };
}
const shown = (items: readonly Item[]) =>
  items.map(({ generation, dueAt, state }) => ({ generation, dueAt, state: state.code }));

describe('the timers over HTTP', () => {
  beforeAll(async () => {
    queries = await ServedQueries.start();
    const { log } = queries;
    const decided = { actor: 'staff:1', reason: { code: 'incident' } };
    const decide = (type: string, generation: string, more = {}) =>
      log.append('timer', timerIdOf(keyOf(generation)), type, { ...keyOf(generation), ...more }, decided);
    decide('TimerHeld', '1');
    decide('TimerSkipped', '2');
    decide('TimerReleased', '3', { parkedAt: '2026-05-19T00:00:00.000Z' });
    decide('TimerReleased', '4', { parkedAt });
    await queries.project();
    const plant = (sql: string, parameters: unknown[]) => queries.dataSource.query(sql, parameters);
    await plant(
      `INSERT INTO views.deadlines (stream, command, generation, due_at, category, aggregate_id, started_by)
     SELECT $1, 'ReadMeter', generation, due_at, 'meter', '7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f1a', gen_random_uuid()
     FROM unnest($2::text[], $3::timestamptz[]) AS u (generation, due_at)`,
      [stream, onePerState.map(({ generation }) => generation), onePerState.map(({ dueAt }) => dueAt)],
    );
    await plant(
      `INSERT INTO views.timer_work (stream, command, generation, attempts, parked_at, cause)
     SELECT $1, 'ReadMeter', generation, 5, $2, 'RangeError: the dial is off its axle' FROM unnest(ARRAY['3', '4']) generation`,
      [stream, parkedAt],
    );
  });
  afterAll(() => queries.stop());

  test('every open deadline is listed in the order of its instant, in exactly one state', async () => {
    const { body } = await timers(`?stream=${stream}`);
    expect(shown(body.items)).toEqual(onePerState);
    for (const { state } of onePerState) {
      const only = await timers(`?stream=${stream}&state=${state}`);
      expect(shown(only.body.items)).toEqual(onePerState.filter((each) => each.state === state));
    }
  });

  test('a parked one shows its cause and the instant that its release names, a held one who holds it and why', async () => {
    const { body } = await timers(`?stream=${stream}`, { 'accept-language': 'zh-CN' });
    const [held, , parked, released] = body.items;
    expect(held).toEqual({
      ...{ id: timerIdOf(keyOf('1')), ...keyOf('1'), dueAt: '2026-05-01T00:00:00.000Z' },
      ...{ state: { code: 'held', label: '人工暂停' }, attempts: 0, cause: null, parkedAt: null },
      decided: { by: 'staff:1', at: expect.any(String), reasonCode: 'incident' },
    });
    expect(parked).toMatchObject({ cause: expect.stringContaining('axle'), attempts: 5, parkedAt });
    expect(released).toMatchObject({ state: { code: 'late' }, parkedAt: null });
  });

  test('it turns pages, and takes no cursor of another list', async () => {
    const all: Item[] = [];
    let query = `?limit=3&stream=${stream}`;
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await timers(query);
      all.push(...body.items);
      query = `?limit=3&stream=${stream}&cursor=${body.next}`;
    }
    expect(shown(all)).toEqual(onePerState);
    const contracts = await queries.get('/v1/contracts?limit=1');
    expect((await timers(`?cursor=${contracts.body.next}`)).status).toBe(400);
  });

  test("the contracts' own deadlines are among them, and nobody sees them who neither runs nor audits the system", async () => {
    const { body, headers } = await timers('?limit=200');
    const streams: string[] = body.items.map((item: { stream: string }) => item.stream);
    expect(streams).toContain(`contract-${disputed}`);
    expect(streams).not.toContain(`contract-${ended}`);
    expect(headers.get('fourstar-position')).toEqual(expect.any(String));
    expect((await timers('', {}, ['auditor'])).status).toBe(200);
    expect((await timers('', {}, ['contract-clerk'])).status).toBe(403);
  });
});
