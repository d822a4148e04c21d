import type { Contract } from '#contract/state';
import type { contractEvents } from '#contract/events';
import {
  amend,
  confirmPerformance,
  consent,
  customerId,
  decideNotice,
  draftIt,
  executedOn,
  notice,
  on,
  playContract,
  recordCounterparts,
  recordPerformance,
  rescind,
  rescindExpiry,
  setFee,
  terminate,
  withdraw,
} from './contract.js';
import type { Happened, Story } from './given.js';
import type { MemoryLog } from './memory-log.js';

type Life = Story<Contract, typeof contractEvents.shapes>;

/** The id of a notice, one for each of a test's contracts. */
export const noticeOf = (life: number) => `c2a1e4d8-7b1f-4f2e-9a53-00000000000${life}`;
const noticed = (at: string, arrived: string, life: number) =>
  notice(on(at), on(arrived), 'A', noticeOf(life));
const year = executedOn('2025-03-15');

/** Signed, amended, renewed twice, ended by notice with its third term. */
export function renewedTwice(): Life {
  const play = playContract();
  const later = amend(on('2026-06-01'), '2026-06-01', '2026-07-01', {
    fee: { annualFeeFen: 13_000_000, annualFeeCapital: '壹拾叁万元整' },
    bandwidthMbps: 200,
  });
  const story = play.given(
    ...year,
    recordCounterparts(on('2025-03-20')),
    later,
    noticed('2028-02-01', '2028-02-01', 1),
  );
  return play.settle(story, on('2028-04-01'));
}

/** Renewed before a lower fee was entered that had been agreed for the new term. */
export const repriced = (): Life =>
  playContract().given(
    ...year,
    amend(on('2026-05-01'), '2026-02-20', '2026-03-16', {
      fee: { annualFeeFen: 10_800_000, annualFeeCapital: '壹拾万零捌仟元整' },
    }),
  );

/** Formed by performance, then ended by agreement. */
export const terminated = (): Life =>
  playContract().given(
    ...[
      draftIt(on('2025-05-01')),
      setFee(on('2025-05-01')),
      recordPerformance(on('2025-05-03'), '2025-05-02'),
    ],
    ...[confirmPerformance(on('2025-05-04')), terminate(on('2025-09-01'), '2025-09-01')],
  );

/** Renewed twice although a notice had arrived in time in its first term; the renewals are rescinded. */
export const rescinded = (): Life =>
  playContract().given(
    ...year,
    noticed('2027-04-01', '2026-02-01', 3),
    rescind(on('2027-04-02'), undefined, noticeOf(3)),
  );

/** A notice in the grey zone holds the lock, is accepted, and is then taken back: renewed after all. */
export function greyZone(): Life {
  const play = playContract();
  const story = play.given(
    ...executedOn('2024-02-29'),
    noticed('2025-01-30', '2025-01-30', 4),
    decideNotice(on('2025-02-10'), true, noticeOf(4)),
    consent(on('2025-02-20'), 'B', on('2025-02-20'), noticeOf(4)),
  );
  return play.settle(story, on('2025-03-05'));
}

/** A notice that is taken back before the lock; the reminders run again. */
export const withdrawn = (): Life =>
  playContract().given(
    ...year,
    noticed('2025-10-02', '2025-10-01', 5),
    withdraw(on('2025-10-03'), on('2025-10-01'), noticeOf(5)),
  );

/** Expired by a notice that had been taken back in time; the expiry is rescinded, and two years have passed since. */
export function expiryRescinded(): Life {
  const play = playContract();
  const story = play.given(
    ...year,
    noticed('2026-02-01', '2026-02-01', 7),
    consent(on('2028-04-01'), 'B', on('2026-03-01'), noticeOf(7)),
    rescindExpiry(on('2028-04-02'), undefined, noticeOf(7)),
  );
  return play.settle(story, on('2028-04-03'));
}

/** A late notice that counts for the term that follows. */
export function carriedOver(): Life {
  const play = playContract({ lateNoticeCarriesOver: true });
  return play.settle(play.given(...year, noticed('2026-03-01', '2026-03-01', 6)), on('2026-03-20'));
}

export const draft = (): Life => playContract().given(draftIt(on('2025-01-10')));

/** Appends what happened to a contract, with the envelope that the engine would give each event. */
export function record(
  log: MemoryLog,
  id: string,
  events: readonly Happened<typeof contractEvents.shapes>[],
): void {
  for (const { type, data, facts, trace, policies } of events) {
    const { recordedAt, effectiveAt, actor } = facts;
    const subjects = [`contract:${id}`, `customer:${customerId}`];
    log.append('contract', id, type, data, { recordedAt, effectiveAt, actor, trace, policies, subjects });
  }
}
