import { describe, expect, test } from '@jest/globals';
import { instantOf } from '#kernel/time';
import {
  amend,
  consent,
  decideNotice,
  executedOn,
  notice,
  on,
  playContract,
  rescind,
  terminate,
  withdraw,
  type AskedOfContract,
} from '../../test/support/contract.js';
import type { ContractPolicy } from './policy.js';

const D0 = '2025-03-15';
const leapDay = '2024-02-29';
const second = 'd3b2f5e9-8c2a-4a3f-8b64-2a1f6e7d8c04';

/** The story's events from the first effect on, as `type` or `type@date-time`, after everything due by `until` was settled. */
function story(until: string, asked: readonly AskedOfContract[], changed: Partial<ContractPolicy> = {}) {
  const play = playContract(changed);
  const after = play.settle(play.given(...asked), on(until));
  const from = after.events.findIndex(({ type }) => type === 'ContractBecameEffective');
  const told = after.events.slice(from + 1).filter(({ type }) => type !== 'NoticeReminderIssued');
  return { ...after, told: told.map(({ type }) => type), dated: told };
}

function refusal(
  asked: readonly AskedOfContract[],
  last: AskedOfContract,
  changed?: Partial<ContractPolicy>,
) {
  const play = playContract(changed);
  return play.when(play.given(...asked), last).refused?.code;
}

const effects = ({ events }: ReturnType<typeof story>) =>
  events.flatMap((event) =>
    event.type === 'NonRenewalNoticeReceived' ? [[event.data.timeliness, event.data.effect]] : [],
  );

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
});

describe('R2-R5: notices', () => {
  test.each(['A', 'B'] as const)(
    'R2: a timely notice of party %s ends the contract with its term',
    (party) => {
      const given = [...executedOn(D0), notice(on('2026-02-15', '23:59:59'), undefined, party)];
      const { dated, open } = story('2030-01-01', given);
      expect(dated.map(({ type, facts }) => [type, facts.effectiveAt])).toEqual([
        ['NonRenewalNoticeReceived', '2026-02-15T15:59:59.000Z'],
        ['ContractExpired', '2026-03-15T16:00:00.000Z'],
      ]);
      expect(open.size).toBe(0);
    },
  );

  test('AGR-9: settlement and confidentiality survive every end', () => {
    const expired = story('2030-01-01', [...executedOn(D0), notice(on('2025-06-01'))]);
    const terminated = story('2030-01-01', [...executedOn(D0), terminate(on('2025-06-01'), '2025-06-01')]);
    for (const { dated } of [expired, terminated])
      expect(dated.at(-1)?.data).toMatchObject({ survives: ['settlement', 'confidentiality'] });
  });

  test('R3: a second notice is recorded and adds nothing', () => {
    const twice = [
      ...executedOn(D0),
      notice(on('2026-01-10')),
      notice(on('2026-01-11'), undefined, 'B', second),
    ];
    expect(effects(story('2026-02-01', twice))).toEqual([
      ['timely', 'ends-term'],
      ['timely', 'adds-nothing'],
    ]);
  });

  test('R3: the second still stands when the first is withdrawn', () => {
    const given = [
      ...executedOn(D0),
      notice(on('2026-01-10')),
      notice(on('2026-01-11'), undefined, 'B', second),
      consent(on('2026-01-12')),
    ];
    expect(story('2026-04-01', given).told).toEqual([
      ...['NonRenewalNoticeReceived', 'NonRenewalNoticeReceived', 'NoticeWithdrawn', 'ContractExpired'],
    ]);
  });

  test('R4: a late notice is told so and ends neither this term nor the next', () => {
    const late = story('2027-04-01', [...executedOn(D0), notice(on('2026-02-16', '00:00:00'))]);
    expect(effects(late)).toEqual([['late', 'none']]);
    expect(late.told.filter((type) => type === 'ContractRenewed')).toHaveLength(2);
  });

  test('R4: where late notices carry over, it ends the next', () => {
    const given = [...executedOn(D0), notice(on('2026-02-16', '00:00:00'))];
    const late = story('2028-04-01', given, { lateNoticeCarriesOver: true });
    expect(effects(late)).toEqual([['late', 'next-term']]);
    expect(late.told).toEqual([
      ...['RenewalLocked', 'NonRenewalNoticeReceived', 'ContractRenewed', 'NonRenewalNoticeCarriedOver'],
      'ContractExpired',
    ]);
    expect(late.dated.at(-1)?.facts.effectiveAt).toBe('2027-03-15T16:00:00.000Z');
  });

  test('R5: a withdrawal that overtakes the notice needs no consent; afterwards it does', () => {
    const given = [...executedOn(D0), notice(on('2026-01-10'))];
    expect(refusal(given, withdraw(on('2026-01-11')))).toBe('consent-needed');
    expect(refusal(given, consent(on('2026-01-11'), 'A'))).toBe('consent-of-sender');
    const withdrawn = story('2026-04-01', [...given, withdraw(on('2026-01-11'), on('2026-01-10'))]);
    expect(withdrawn.told.slice(1)).toEqual(['NoticeWithdrawn', 'RenewalLocked', 'ContractRenewed']);
  });

  test('R5: with consent the renewal runs as if there had been no notice, its later reminders too', () => {
    const given = [...executedOn(D0), notice(on('2025-12-20')), consent(on('2026-01-05'))];
    const { told, events } = story('2026-04-01', given);
    expect(told.slice(1)).toEqual(['NoticeWithdrawn', 'RenewalLocked', 'ContractRenewed']);
    const reminded = events.flatMap(({ type, facts }) =>
      type === 'NoticeReminderIssued' ? facts.effectiveAt : [],
    );
    expect(reminded).toEqual(['2025-12-16T16:00:00.000Z', '2026-01-14T16:00:00.000Z']);
  });

  test('R5: consent after the limit locks the renewal at once; after expiry there is none to give', () => {
    const given = [...executedOn(D0), notice(on('2026-01-10'))];
    const { told } = story('2026-03-01', [...given, consent(on('2026-03-01'))]);
    expect(told.slice(1)).toEqual(['NoticeWithdrawn', 'RenewalLocked']);
    expect(refusal(given, consent(on('2026-03-16')))).toBe('contract-ended');
  });

  test('AGR-10.1: only written form is a notice, and nothing arrives from the future', () => {
    const spoken = notice(on('2026-01-10'));
    const telephone = { ...spoken, data: { ...spoken.data, medium: 'telephone' } };
    const mail = { ...spoken, data: { ...spoken.data, medium: 'e-mail' } };
    expect(refusal(executedOn(D0), telephone)).toBe('not-in-writing');
    expect(refusal(executedOn(D0), mail)).toBeUndefined();
    expect(refusal(executedOn(D0), notice(on('2026-01-10'), on('2026-01-11')))).toBe('in-the-future');
    expect(refusal(executedOn(D0), notice(on('2026-01-10'), on('2025-03-14')))).toBe('before-effect');
  });
});

describe('R0: the grey zone and the lock', () => {
  const grey = [...executedOn(leapDay), notice(on('2025-01-30'))];

  test('R0: a disputable notice holds the lock open until it is decided', () => {
    const accepted = story('2025-03-02', [...grey, decideNotice(on('2025-02-20'), true)]);
    expect(accepted.told).toEqual([
      ...['NonRenewalNoticeReceived', 'RenewalLockHeld', 'DisputableNoticeDecided', 'ContractExpired'],
    ]);
    const rejected = story('2025-03-02', [...grey, decideNotice(on('2025-02-20'), false)]);
    expect(rejected.told).toEqual([
      ...['NonRenewalNoticeReceived', 'RenewalLockHeld', 'DisputableNoticeDecided', 'RenewalLocked'],
      'ContractRenewed',
    ]);
  });

  test('R0: undecided by expiry, the renewal proceeds; accepted afterwards, it must be rescinded', () => {
    const { told } = story('2025-03-02', grey);
    expect(told.slice(1)).toEqual(['RenewalLockHeld', 'RenewalLocked', 'ContractRenewed']);
    const given = [...grey, decideNotice(on('2025-03-02'), true), rescind(on('2025-03-02'))];
    expect(story('2026-04-01', given).dated.at(-1)).toMatchObject({
      type: 'ContractExpired',
      facts: { effectiveAt: '2025-02-28T16:00:00.000Z' },
    });
  });

  test('R0: decided before the lock falls due, the lock falls due as ever', () => {
    const { told } = story('2025-02-02', [...grey, decideNotice(on('2025-01-31'), false)]);
    expect(told.slice(1)).toEqual(['DisputableNoticeDecided', 'RenewalLocked']);
  });

  test('R0: of two disputable notices the last decision locks', () => {
    const two = [...grey, notice(on('2025-01-31'), undefined, 'B', second)];
    const given = [
      ...two,
      decideNotice(on('2025-02-20'), false),
      decideNotice(on('2025-02-21'), false, second),
    ];
    const { dated } = story('2025-02-22', given);
    expect(dated.map(({ type }) => type).slice(2)).toEqual([
      ...['RenewalLockHeld', 'DisputableNoticeDecided', 'DisputableNoticeDecided', 'RenewalLocked'],
    ]);
  });
});

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
