import type { ContractPolicy } from '#contract/policy';

// A calendar that knows only what the next and the last day of a month are, and walks. It shares nothing with the rules.
const DAY_MS = 86_400_000;
export const dayAfter = (date: string) => new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
export const dayBefore = (date: string) => new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 10);
export const shanghaiMidnight = (date: string) => new Date(Date.parse(date) - DAY_MS / 3).toISOString();

/** The corresponding day of `date` in the month that lies `months` away, or that month's last day. */
export function naiveMonthsLater(date: string, months: number): string {
  const [year = 0, month = 0, wanted = 0] = date.split('-').map(Number);
  const index = year * 12 + month - 1 + months;
  const prefix = `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
  let found = `${prefix}-01`;
  for (let day = found; day.startsWith(prefix); day = dayAfter(day))
    if (Number(day.slice(8)) <= wanted) found = day;
  return found;
}

/** The last day of term `n`. */
export function naiveEnd(effectiveOn: string, n: number, startsOn: string, policy: ContractPolicy): string {
  const months = 12 * policy.termYears;
  const daysOff = policy.termEndConvention === 'DAY_BEFORE';
  if (policy.anchor === 'ORIGINAL_DATE' || n === 1) {
    const corresponding = naiveMonthsLater(effectiveOn, n * months);
    return daysOff ? dayBefore(corresponding) : corresponding;
  }
  return daysOff
    ? dayBefore(naiveMonthsLater(startsOn, months))
    : naiveMonthsLater(dayBefore(startsOn), months);
}

/** What a notice is that arrives at noon of `day`, told day by day from the words of the domain. */
export function naiveVerdict(day: string, endsOn: string, policy: ContractPolicy): string {
  const limit = naiveMonthsLater(endsOn, -policy.noticeMonths);
  if (policy.noticeReading === 'WITHIN_LAST_MONTH')
    return day < limit ? 'early' : day <= endsOn ? 'timely' : 'late';
  if (day < limit || (day === limit && policy.noticeLimitInclusive)) return 'timely';
  const isGrey = naiveMonthsLater(dayAfter(limit), policy.noticeMonths) <= endsOn;
  const runsForward = naiveMonthsLater(day, policy.noticeMonths) <= endsOn;
  if (!isGrey || !runsForward || policy.noticeGreyZone === 'REJECT') return 'late';
  return policy.noticeGreyZone === 'ACCEPT' ? 'timely' : 'disputable';
}
