import { describe, expect, test } from '@jest/globals';
import { amend, executedOn, on, terminate } from '../../test/support/contract.js';
import { story } from '../../test/support/contract-story.js';

const D0 = '2025-03-15';

describe('R1, R7: renewal', () => {
  test('R1, AGR-10.1: without a notice the contract renews, and so on, each time at its own instant', () => {
    const { dated, state } = story('2028-03-16', executedOn(D0));
    expect(dated.map(({ type, facts }) => [type, facts.effectiveAt])).toEqual([
      ['RenewalLocked', '2026-02-15T16:00:00.000Z'],
      ['ContractRenewed', '2026-03-15T16:00:00.000Z'],
      ['RenewalLocked', '2027-02-15T16:00:00.000Z'],
      ['ContractRenewed', '2027-03-15T16:00:00.000Z'],
      ['RenewalLocked', '2028-02-15T16:00:00.000Z'],
      ['ContractRenewed', '2028-03-15T16:00:00.000Z'],
    ]);
    expect(state).toMatchObject({ status: 'effective', term: { termNo: 4, annualFeeFen: 12_000_000 } });
  });

  test('R7: acts dated years ago are followed by the renewals that they imply, one by one', () => {
    const asked = executedOn(D0).map((each) => ({ ...each, at: on('2028-05-01') }));
    expect(story('2028-05-01', asked).told.filter((type) => type === 'ContractRenewed')).toHaveLength(3);
  });

  test('R6: a terminated contract never renews', () => {
    const { told, open } = story('2030-01-01', [
      ...executedOn(D0),
      terminate(on('2025-06-01'), '2025-05-20'),
    ]);
    expect(told).toEqual(['ContractTerminated']);
    expect(open.size).toBe(0);
  });

  test('R8: both parties are reminded 60, 45 and 31 days before the limit, once each', () => {
    const { events } = story('2026-03-01', executedOn(D0));
    const reminders = events.flatMap((event) => (event.type === 'NoticeReminderIssued' ? [event] : []));
    expect(reminders.map(({ data, facts }) => [data.daysBefore, facts.effectiveAt])).toEqual([
      [60, '2025-12-16T16:00:00.000Z'],
      [45, '2025-12-31T16:00:00.000Z'],
      [31, '2026-01-14T16:00:00.000Z'],
    ]);
    expect(reminders.every(({ data }) => data.to.join() === 'A,B')).toBe(true);
  });

  test('AGR-10.4: a fee agreed later is the price of the terms that begin after it counts, not of the running one', () => {
    const fee = { annualFeeFen: 10_800_000, annualFeeCapital: '壹拾万零捌仟元整' };
    const { events } = story('2027-03-16', [
      ...executedOn(D0),
      amend(on('2025-09-01'), '2025-09-01', '2026-03-17', { fee }),
    ]);
    const prices = events.flatMap((event) =>
      event.type === 'ContractRenewed' ? [[event.data.term.startsOn, event.data.term.annualFeeFen]] : [],
    );
    expect(prices).toEqual([
      ['2026-03-16', 12_000_000],
      ['2027-03-16', 10_800_000],
    ]);
  });

  test('AGR-10.4: a fee that is entered after the terms began which it counts for prices them again, and says why', () => {
    const fee = { annualFeeFen: 10_800_000, annualFeeCapital: '壹拾万零捌仟元整' };
    const late = [...executedOn(D0), amend(on('2028-05-01'), '2026-09-01', '2026-09-02', { fee })];
    const { dated, state } = story('2028-05-01', late);
    expect(dated.slice(-3)).toMatchObject([
      { type: 'ContractAmended' },
      { type: 'TermRepriced', data: { termNo: 3, annualFeeFen: 10_800_000 } },
      { type: 'TermRepriced', data: { termNo: 4, annualFeeFen: 10_800_000 } },
    ]);
    expect(dated.at(-1)).toMatchObject({
      facts: { effectiveAt: '2028-03-15T16:00:00.000Z' },
      trace: { annualFeeFen: { rule: 'contract.term-price', result: 10_800_000 } },
    });
    const inTime = [...executedOn(D0), amend(on('2026-09-01'), '2026-09-01', '2026-09-02', { fee })];
    expect(state).toEqual(story('2028-05-01', inTime).state);
  });

  test('AGR-3.3: a later agreement for the same terms is not undone by one that counts from earlier', () => {
    const fee = { annualFeeFen: 10_800_000, annualFeeCapital: '壹拾万零捌仟元整' };
    const { told } = story('2027-05-02', [
      ...executedOn(D0),
      amend(on('2026-10-01'), '2026-10-01', '2026-10-01', { fee }),
      amend(on('2027-05-01'), '2026-09-01', '2026-09-02', {
        fee: { annualFeeFen: 30, annualFeeCapital: '叁角' },
      }),
    ]);
    expect(told).not.toContain('TermRepriced');
  });
});
