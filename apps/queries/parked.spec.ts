import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disputed, nobody, running, ServedQueries } from '../../test/support/serving-queries.js';

describe('answers from tables in which something is parked', () => {
  let queries: ServedQueries;
  let position: bigint;

  beforeAll(async () => {
    queries = await ServedQueries.start();
    // Its tables have no such contract, and so no row for it to change.
    position = queries.log.append('contract', nobody, 'FeeSet', {
      annualFeeFen: 1_000,
      annualFeeCapital: '壹拾元整',
    }).position;
    await queries.project();
  });
  afterAll(() => queries.stop());

  test('a contract that is parked is refused, with where it stopped; others are answered', async () => {
    const refused = await queries.get(`/v1/contracts/${nobody}`, { 'accept-language': 'zh-CN' });
    expect(refused).toMatchObject({
      status: 503,
      body: { type: '/problems/blocked-by-parked', title: '数据停更：有事件被搁置' },
    });
    expect(refused.body.detail).toContain(`contracts from position ${position} on`);
    expect((await queries.get(`/v1/contracts/${running}`)).status).toBe(200);
  });

  test('a list says that it is incomplete and what it lacks; one from other tables does not', async () => {
    const { body } = await queries.get('/v1/contracts?limit=1');
    const parked = [
      { projection: 'contracts', key: `contract-${nobody}`, position: `${position}`, events: 1 },
    ];
    expect(body).toMatchObject({ incomplete: true, parked });
    const history = await queries.get(`/v1/contracts/${disputed}/history`);
    expect(history.body).not.toHaveProperty('incomplete');
  });
});
