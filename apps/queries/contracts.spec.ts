import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renewedTwice } from '../../test/support/contract-lives.js';
import { customerId } from '../../test/support/contract.js';
import { logId } from '../../test/support/projecting.js';
import { drafted, ended, running, ServedQueries } from '../../test/support/serving-queries.js';

describe('a contract over HTTP', () => {
  let queries: ServedQueries;

  beforeAll(async () => {
    queries = await ServedQueries.start();
    await queries.project();
  });
  afterAll(() => queries.stop());

  it('shows a contract with the reasons of its dates', async () => {
    const { status, headers, body } = await queries.get(`/v1/contracts/${ended}`);
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe(`"${body.revision}"`);
    expect(headers.get('fourstar-position')).toBe(
      `${logId}/${queries.log.head}/${queries.log.events.at(-1)?.eventId}`,
    );
    expect(body).toMatchObject({
      id: ended,
      customerId,
      status: { code: 'expired', label: 'expired' },
      termNo: 3,
      next: [],
      fee: { annualFeeFen: 13_000_000, annualFeeCapital: '壹拾叁万元整' },
      execution: { missing: [] },
      why: {
        effectiveOn: { result: '2025-03-15', words: expect.stringContaining('the last of the four acts') },
      },
    });
    expect(body.terms[0]).toMatchObject({
      termNo: 1,
      endsOn: '2026-03-15',
      locksAt: '2026-02-15T16:00:00.000Z',
      annualFeeFen: 12_000_000,
      state: { code: 'renewed' },
      renewal: { code: 'locked' },
      why: {
        endsOn: {
          rule: 'contract.term-end',
          version: 1,
          result: '2026-03-15',
          inputs: { termYears: 1, termNo: 1 },
        },
        locksAt: { words: expect.stringContaining('no notice can stop the renewal') },
      },
    });
    expect(body.notices).toMatchObject([
      { termNo: 3, effect: { code: 'ends-term' }, decided: null, withdrawn: null },
    ]);
  });

  it('labels in Chinese for who asks so', async () => {
    const { headers, body } = await queries.get(`/v1/contracts/${ended}`, { 'accept-language': 'zh-CN' });
    expect(headers.get('content-language')).toBe('zh-CN');
    expect(body.status).toEqual({ code: 'expired', label: '期满终止' });
    expect(body.terms[0].why.noticeLimitOn.words).toMatch(/倒推1个月/);
  });

  it('shows what falls due next, each with its reason, also after a notice was taken back', async () => {
    const { body } = await queries.get(`/v1/contracts/${running}`);
    const due = body.next.map((each: { what: { code: string }; at: string; why: { result: string } }) => [
      each.what.code,
      each.at,
      each.why.result,
    ]);
    expect(due).toEqual([
      ['RemindOfNoticeLimit', '2025-12-16T16:00:00.000Z', '2025-12-16T16:00:00.000Z'],
      ['RemindOfNoticeLimit', '2025-12-31T16:00:00.000Z', '2025-12-31T16:00:00.000Z'],
      ['RemindOfNoticeLimit', '2026-01-14T16:00:00.000Z', '2026-01-14T16:00:00.000Z'],
      ['LockRenewal', '2026-02-15T16:00:00.000Z', '2026-02-15T16:00:00.000Z'],
      ['EndTerm', '2026-03-15T16:00:00.000Z', '2026-03-15T16:00:00.000Z'],
    ]);
  });

  it('says what a draft still needs', async () => {
    const { body } = await queries.get(`/v1/contracts/${drafted}`);
    expect(body.execution.missing.map(({ code }: { code: string }) => code)).toEqual([
      ...['annual-fee', 'responsibility-letter', 'signature-a', 'seal-a', 'signature-b', 'seal-b'],
    ]);
  });

  it('tells the history of a contract in the order of the log', async () => {
    const { events } = renewedTwice();
    const whole = await queries.get(`/v1/contracts/${ended}/history?limit=200`);
    expect(whole.body.items.map(({ type }: { type: string }) => type)).toEqual(
      events.map(({ type }) => type),
    );
    expect(whole.body.items[0]).toMatchObject({
      type: 'ContractDrafted',
      revision: '0',
      actor: 'staff:clerk',
      policies: { contract: 1 },
      stream: `contract-${ended}`,
      data: { customerId, policyVersion: 1 },
    });
    const first = await queries.get(`/v1/contracts/${ended}/history?limit=5`);
    const rest = await queries.get(`/v1/contracts/${ended}/history?limit=200&cursor=${first.body.next}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(whole.body.items);
    expect(rest.body).not.toHaveProperty('next');
  });
});
