import { describe, expect, test } from '@jest/globals';
import { instantOf } from '#kernel/time';
import { executedOn, notice, on, rescind, terminate } from '../../test/support/contract.js';
import { effects, refusal, story } from '../../test/support/contract-story.js';

const D0 = '2025-03-15';

describe('RescindRenewal: a timely notice that was entered too late', () => {
  const arrived = on('2026-02-10');

  test('entered after the lock: it is timely, needs rescission, and then the term is the last', () => {
    const given = [...executedOn(D0), notice(on('2026-02-20'), arrived)];
    expect(effects(story('2026-02-21', given))).toEqual([['timely', 'needs-rescission']]);
    expect(story('2026-03-16', [...given, rescind(on('2026-02-21'))]).told).toEqual([
      ...['RenewalLocked', 'NonRenewalNoticeReceived', 'RenewalRescinded', 'ContractExpired'],
    ]);
    expect(story('2026-03-16', given).told.at(-1)).toBe('ContractRenewed');
  });

  test('entered after three renewals: the contract ended with the term that the notice arrived in', () => {
    const given = [...executedOn(D0), notice(on('2028-12-20'), arrived), rescind(on('2028-12-21'))];
    const { dated, open, state } = story('2031-01-01', given);
    expect(dated.at(-1)).toMatchObject({
      type: 'ContractExpired',
      data: { termNo: 1, stops: { termNo: 4 } },
      facts: { effectiveAt: '2026-03-15T16:00:00.000Z' },
    });
    expect(state).toMatchObject({ status: 'expired', endedAt: '2026-03-15T16:00:00.000Z', pastTerms: [] });
    expect(open.size).toBe(0);
  });

  test('even after the contract ended later, by agreement', () => {
    const given = [
      ...executedOn(D0),
      terminate(on('2027-06-01'), '2027-06-01'),
      notice(on('2027-07-01'), arrived),
      rescind(on('2027-07-02')),
    ];
    expect(story('2027-08-01', given).state).toMatchObject({
      status: 'expired',
      endedAt: instantOf('2026-03-15T16:00:00Z'),
    });
  });

  test('by another person than entered the notice', () => {
    const given = [...executedOn(D0), notice(on('2026-02-20'), arrived)];
    expect(refusal(given, rescind(on('2026-02-21'), 'staff:clerk'))).toBe('four-eyes');
  });
});
