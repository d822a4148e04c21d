import { none, start, stop, type Deadlines, type DueChange } from '#kernel/due';
import type { Instant } from '#kernel/time';
import type { contractEvents, Term } from './events.js';

/** The reminders and the lock of one term. A round later they run again: after a notice was withdrawn. */
export interface WatchName {
  readonly termNo: number;
  readonly round: number;
}
export interface WatchStops extends WatchName {
  readonly reminderDays: readonly number[];
}
interface Watch extends WatchName {
  readonly locksAt: Instant;
  readonly reminders: Term['reminders'];
}

/** A deadline's generation is never used twice, so a lock that is set again after a withdrawal bears the next round: `3`, `3.1`. */
export const lockGeneration = ({ termNo, round }: WatchName): string =>
  round === 0 ? `${termNo}` : `${termNo}.${round}`;
export const reminderGeneration = (watch: WatchName, daysBefore: number): string =>
  `${lockGeneration(watch)}/${daysBefore}`;
export const termGeneration = (termNo: number): string => `${termNo}`;

/** Reads what the three above write. */
export function readGeneration(generation: string): { termNo: number; daysBefore?: number } {
  const [watch = '', daysBefore] = generation.split('/');
  const termNo = Number.parseInt(watch, 10);
  return daysBefore === undefined ? { termNo } : { termNo, daysBefore: Number(daysBefore) };
}

const startWatch = (watch: Watch): DueChange[] => [
  ...watch.reminders.map(({ daysBefore, remindAt }) =>
    start('RemindOfNoticeLimit', reminderGeneration(watch, daysBefore), remindAt),
  ),
  start('LockRenewal', lockGeneration(watch), watch.locksAt),
];

const stopWatch = (watch: WatchStops): DueChange[] => [
  ...watch.reminderDays.map((days) => stop('RemindOfNoticeLimit', reminderGeneration(watch, days))),
  stop('LockRenewal', lockGeneration(watch)),
];

// The lock is started before the end of the term, so that it is met first where both fall on the same instant.
const startTerm = (term: Term): DueChange[] => [
  ...startWatch({ ...term, round: 0 }),
  start('EndTerm', termGeneration(term.termNo), term.expiresAt),
];

const stopTerm = (stops: WatchStops): DueChange[] => [
  ...stopWatch(stops),
  stop('EndTerm', termGeneration(stops.termNo)),
];

/** What falls due when. A notice that ends the term leaves only the end of the term; an end of the contract leaves nothing. */
export const contractDeadlines: Deadlines<typeof contractEvents.shapes> = {
  ContractDrafted: none,
  FeeSet: none,
  ResponsibilityLetterRecorded: none,
  PartySigned: none,
  PartySealed: none,
  CounterpartsRecorded: none,
  FormationByPerformanceRecorded: none,
  FormationByPerformanceConfirmed: none,
  ContractBecameEffective: ({ term }) => startTerm(term),
  ContractAmended: none,
  TermRepriced: none,
  NoticeReminderIssued: (data) => [stop('RemindOfNoticeLimit', reminderGeneration(data, data.daysBefore))],
  NonRenewalNoticeReceived: ({ stops }) => (stops ? stopWatch(stops) : []),
  NonRenewalNoticeCarriedOver: ({ stops }) => stopWatch(stops),
  DisputableNoticeDecided: ({ stops }) => (stops ? stopWatch(stops) : []),
  NoticeWithdrawn: ({ resumes }) => (resumes ? startWatch(resumes) : []),
  RenewalLockHeld: (data) => [stop('LockRenewal', lockGeneration(data))],
  RenewalLocked: (data) => [stop('LockRenewal', lockGeneration(data))],
  ContractRenewed: ({ term }) => [stop('EndTerm', termGeneration(term.termNo - 1)), ...startTerm(term)],
  RenewalRescinded: none,
  ContractExpired: ({ stops }) => stopTerm(stops),
  ExpiryRescinded: none,
  ContractTerminated: ({ stops }) => stopTerm(stops),
};
