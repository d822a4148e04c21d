import { readGeneration } from '#contract/deadlines';
import type { TermRow } from '#contract/tables/term-row';
import { labelled } from '#kernel/label';
import type { Trace } from '#kernel/trace';
import type { DeadlineRow } from '#projection/tables/deadlines';
import type { Language } from '#web/language';
import { naming } from './coded.js';
import { explained } from './why.js';

/** What a contract waits for, by the command that will then be asked of it. */
const nextDate = labelled({
  RemindOfNoticeLimit: { en: 'both parties are reminded of the notice limit', zh: '提醒双方通知截止日' },
  LockRenewal: { en: 'the renewal is locked', zh: '续期锁定' },
  EndTerm: { en: 'the term ends', zh: '本期届满' },
});

/** What falls due for a contract, each instant with how it came about. */
export function nextDates(deadlines: readonly DeadlineRow[], terms: readonly TermRow[], language: Language) {
  const name = naming(nextDate, language);
  return deadlines.map(({ command, generation, dueAt }) => {
    const why = traceOf(command, generation, terms);
    return { what: name(nextDate.parse(command)), at: dueAt, why: why ? explained(why, language) : null };
  });
}

function traceOf(command: string, generation: string, terms: readonly TermRow[]): Trace | undefined {
  const { termNo, daysBefore } = readGeneration(generation);
  const why = terms.find((term) => term.termNo === termNo)?.why;
  if (command === 'RemindOfNoticeLimit') return why?.[`reminders.${daysBefore}`];
  return why?.[command === 'LockRenewal' ? 'locksAt' : 'expiresAt'];
}
