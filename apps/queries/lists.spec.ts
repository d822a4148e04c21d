import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { record } from '../../test/support/contract-lives.js';
import { customerId } from '../../test/support/contract.js';
import { logId } from '../../test/support/projecting.js';
import {
  held,
  disputed,
  drafted,
  ended,
  nobody,
  running,
  ServedQueries,
} from '../../test/support/serving-queries.js';

describe('lists over HTTP', () => {
  let queries: ServedQueries;

  beforeAll(async () => {
    queries = await ServedQueries.start();
    await queries.project();
  });
  afterAll(() => queries.stop());

  const idsOf = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);

  it('lists by status and customer, and turns pages', async () => {
    const first = await queries.get('/v1/contracts?limit=3');
    expect(idsOf(first.body)).toEqual([ended, running, disputed]);
    const second = await queries.get(`/v1/contracts?limit=3&cursor=${first.body.next}`);
    expect(idsOf(second.body)).toEqual([drafted]);
    expect(second.body).not.toHaveProperty('next');
    expect(idsOf((await queries.get('/v1/contracts?status=effective')).body)).toEqual([running, disputed]);
    expect((await queries.get(`/v1/contracts?customerId=${customerId}`)).body.items).toHaveLength(4);
    expect((await queries.get(`/v1/contracts?customerId=${nobody}`)).body.items).toEqual([]);
    expect(first.body.items[1].term).toMatchObject({ termNo: 1, renewal: { code: 'open' } });
  });

  it('lists by due window, whole days in the business zone', async () => {
    expect(idsOf((await queries.get('/v1/contracts?due=locksAt')).body)).toEqual([disputed, running]);
    // The renewal locks at 24:00 of 15 February, which is the first instant of the 16th.
    expect(
      idsOf((await queries.get('/v1/contracts?due=locksAt&dueFrom=2026-02-16&dueTo=2026-02-16')).body),
    ).toEqual([running]);
    expect(
      idsOf((await queries.get('/v1/contracts?due=locksAt&dueFrom=2026-02-15&dueTo=2026-02-15')).body),
    ).toEqual([]);
    expect(idsOf((await queries.get('/v1/contracts?due=noticeLimitOn&dueTo=2025-01-28')).body)).toEqual([
      disputed,
    ]);
    for (const due of ['locksAt', 'expiresAt', 'noticeLimitOn']) {
      const first = await queries.get(`/v1/contracts?due=${due}&limit=1`);
      expect(idsOf(first.body)).toEqual([disputed]);
      const second = await queries.get(`/v1/contracts?due=${due}&limit=1&cursor=${first.body.next}`);
      expect(idsOf(second.body)).toEqual([running]);
      expect((await queries.get(`/v1/contracts?cursor=${first.body.next}`)).status).toBe(400);
    }
  });

  it('shows the renewal calendar', async () => {
    const of = (count: number, annualFeeFen = count * 12_000_000) => ({ count, annualFeeFen });
    expect((await queries.get('/v1/renewals?from=2025-01-01&to=2026-01-31')).body.days).toEqual([
      {
        on: '2025-02-01',
        locks: of(1),
        renewals: of(0),
        expiries: of(0),
        renewalsByState: { open: 0, disputable: 0, locked: 0 },
      },
      {
        on: '2025-03-01',
        locks: of(0),
        renewals: of(1),
        expiries: of(0),
        renewalsByState: { open: 0, disputable: 1, locked: 0 },
      },
    ]);
    // The notice is still undecided when the lock falls due.
    record(queries.log, disputed, held());
    const atLeast = `${logId}/${queries.log.head}`;
    const [ends] = (await queries.get(`/v1/renewals?from=2025-03-01&to=2025-03-01&atLeast=${atLeast}`)).body
      .days;
    expect(ends.renewalsByState).toEqual({ open: 0, disputable: 1, locked: 0 });
    expect((await queries.get('/v1/renewals?from=2026-03-16&to=2026-03-16')).body.days).toEqual([
      {
        on: '2026-03-16',
        locks: of(0),
        renewals: of(2),
        expiries: of(0),
        renewalsByState: { open: 1, disputable: 0, locked: 1 },
      },
    ]);
    expect((await queries.get('/v1/renewals?from=2028-02-01&to=2028-03-31')).body.days).toMatchObject([
      { on: '2028-03-16', renewals: of(0), expiries: of(1, 13_000_000) },
    ]);
  });

  it('lists every policy with its value in force on the business clock, its source and what is to come', async () => {
    const { body } = await queries.get('/v1/policies');
    expect(body.asOf).toBe('2026-06-01T00:00:00.000Z');
    const carrier = body.groups.find(({ group }: { group: string }) => group === 'carrier');
    expect(carrier).toMatchObject({
      version: 2,
      keys: [{ key: 'hotline', value: '10086', source: { code: 'B', label: 'background' }, openQuestion: 1 }],
    });
    expect(
      carrier.versions.map(({ version, state }: { version: number; state: { code: string } }) => [
        version,
        state.code,
      ]),
    ).toEqual([
      [3, 'scheduled'],
      [4, 'proposed'],
    ]);
    const contract = body.groups.find(({ group }: { group: string }) => group === 'contract');
    expect(contract).toMatchObject({ version: null, versions: [] });
    expect(contract.keys).toContainEqual(expect.objectContaining({ key: 'noticeMonths', value: 1 }));
    const { groups } = (await queries.get('/v1/policies/carrier', { 'accept-language': 'zh' })).body;
    expect(groups[0].versions.map(({ state }: { state: { label: string } }) => state.label)).toEqual([
      '已失效',
      '生效中',
      '待生效',
      '已提议',
    ]);
    expect(groups[0].versions[1]).toMatchObject({ proposedBy: 'staff:owner', activatedBy: 'staff:boss' });
  });
});
