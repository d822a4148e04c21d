import { describe, expect, test } from '@jest/globals';
import {
  consent,
  decideNotice,
  executedOn,
  notice,
  on,
  rescind,
  terminate,
  withdraw,
} from '../../test/support/contract.js';
import { effects, refusal, story } from '../../test/support/contract-story.js';

const D0 = '2025-03-15';
const leapDay = '2024-02-29';
const second = 'd3b2f5e9-8c2a-4a3f-8b64-2a1f6e7d8c04';

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

  test('AGR-9.1: settlement and confidentiality survive every end', () => {
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
