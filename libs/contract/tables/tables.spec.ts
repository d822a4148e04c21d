import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  carriedOver,
  greyZone,
  noticeOf,
  record,
  renewedTwice,
  repriced,
  rescinded,
  terminated,
} from '../../../test/support/contract-lives.js';
import { ContractTables } from '../../../test/support/contract-tables.js';

describe("the contract's tables", () => {
  let tables: ContractTables;
  const id = '5f0c7a52-6c0a-4d63-9d0b-0f2f7c1f1a01';

  beforeEach(async () => {
    tables = await ContractTables.open();
  });
  afterEach(() => tables.close());

  it('shows a contract that was signed, amended, renewed twice and ended by notice', async () => {
    record(tables.log, id, renewedTwice().events);
    await tables.project();
    expect(await tables.contract(id)).toMatchObject({
      status: 'expired',
      effectiveOn: '2025-03-15',
      formedBy: 'execution',
      termNo: 3,
      endedAt: '2028-03-15T16:00:00.000Z',
      terminationGround: null,
      amendedFrom: '2026-07-01',
      annualFeeFen: 13_000_000n,
      bandwidthMbps: 200,
      sites: ['site:incubator-1'],
      signedAOn: '2025-03-15',
      sealedAOn: '2025-03-15',
      signedBOn: '2025-03-15',
      sealedBOn: '2025-03-15',
      responsibilityLetter: 'letter:2025-117',
      survives: ['settlement', 'confidentiality'],
      policyVersion: 1,
      why: { effectiveOn: { rule: 'contract.effective-date', result: '2025-03-15' } },
    });
    expect(
      (await tables.terms(id)).map(({ endsOn, annualFeeFen, state, renewal, lockedAt }) => [
        endsOn,
        annualFeeFen,
        state,
        renewal,
        lockedAt,
      ]),
    ).toEqual([
      ['2026-03-15', 12_000_000n, 'renewed', 'locked', '2026-02-15T16:00:00.000Z'],
      ['2027-03-15', 12_000_000n, 'renewed', 'locked', '2027-02-15T16:00:00.000Z'],
      ['2028-03-15', 13_000_000n, 'expired', 'ending', null],
    ]);
    const [first] = await tables.terms(id);
    expect(first).toMatchObject({
      startsOn: '2025-03-15',
      expiresAt: '2026-03-15T16:00:00.000Z',
      timelyFrom: null,
    });
    expect(first?.why['locksAt']).toMatchObject({
      rule: 'contract.lock',
      result: '2026-02-15T16:00:00.000Z',
    });
    expect(first?.why['reminders.60']).toMatchObject({ result: '2025-12-16T16:00:00.000Z' });
    expect(await tables.notices(id)).toMatchObject([
      { id: noticeOf(1), contractId: id, termNo: 3, givenBy: 'A', timeliness: 'timely', effect: 'ends-term' },
    ]);
  });

  it('shows the price that a late amendment gave to a term, and why', async () => {
    record(tables.log, id, repriced().events);
    await tables.project();
    expect(await tables.terms(id)).toMatchObject([
      { annualFeeFen: 12_000_000n, whyAnnualFee: { result: 12_000_000 } },
      { annualFeeFen: 10_800_000n, whyAnnualFee: { rule: 'contract.term-price', result: 10_800_000 } },
    ]);
  });

  it('shows a contract that was formed by performance and ended by agreement', async () => {
    record(tables.log, id, terminated().events);
    await tables.project();
    expect(await tables.contract(id)).toMatchObject({
      status: 'terminated',
      terminationGround: 'MUTUAL',
      formedBy: 'performance',
      performedOn: '2025-05-02',
      legalConfirmation: 'opinion:2025-9',
      endedAt: '2025-09-01T01:30:00.000Z',
    });
    expect(await tables.terms(id)).toMatchObject([{ termNo: 1, state: 'terminated' }]);
  });

  it('takes rescinded renewals back: the contract ended with its first term', async () => {
    record(tables.log, id, rescinded().events);
    await tables.project();
    expect(await tables.contract(id)).toMatchObject({
      status: 'expired',
      termNo: 1,
      endedAt: '2026-03-15T16:00:00.000Z',
    });
    expect((await tables.terms(id)).map(({ state, renewal }) => [state, renewal])).toEqual([
      ['expired', 'ending'],
      ['rescinded', 'locked'],
      ['rescinded', 'open'],
    ]);
    expect(await tables.notices(id)).toMatchObject([
      {
        termNo: 1,
        effect: 'ends-term',
        rescindedAt: '2027-04-02T01:30:00.000Z',
        enteredAt: '2027-04-01T01:30:00.000Z',
      },
    ]);
  });

  it('shows a notice in the grey zone that held the lock, was accepted, and was taken back', async () => {
    const { events: happened } = greyZone();
    const decided = happened.findIndex(({ type }) => type === 'DisputableNoticeDecided');
    record(tables.log, id, happened.slice(0, decided));
    await tables.project();
    expect(await tables.terms(id)).toMatchObject([{ renewal: 'held' }]);
    expect(await tables.notices(id)).toMatchObject([
      { timeliness: 'disputable', effect: 'to-be-decided', accepted: null },
    ]);
    record(tables.log, id, happened.slice(decided));
    await tables.project();
    expect(await tables.notices(id)).toMatchObject([
      {
        effect: 'none',
        accepted: true,
        decidedBy: 'staff:supervisor',
        withdrawalBasis: 'consent',
        decidedAt: '2025-02-10T01:30:00.000Z',
        withdrawnAt: '2025-02-20T01:30:00.000Z',
      },
    ]);
    expect(await tables.terms(id)).toMatchObject([
      { state: 'renewed', renewal: 'locked' },
      { state: 'running', renewal: 'open' },
    ]);
  });

  it('shows a late notice that carries over to the next term', async () => {
    record(tables.log, id, carriedOver().events);
    await tables.project();
    expect(await tables.terms(id)).toMatchObject([
      { renewal: 'locked' },
      { state: 'running', renewal: 'ending' },
    ]);
    expect(await tables.notices(id)).toMatchObject([{ termNo: 2, timeliness: 'late', effect: 'ends-term' }]);
  });
});
