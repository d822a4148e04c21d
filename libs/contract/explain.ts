import type { Label } from '#kernel/label';
import type { AnyDerivation, Trace } from '#kernel/trace';
import { effectiveDate, performanceDate } from './execution.js';
import { noticeTimeliness } from './notice.js';
import { termPrice } from './price.js';
import {
  expiry,
  forwardLimit,
  lock,
  noticeLimit,
  reminder,
  termEnd,
  termStart,
  timelyBefore,
  timelyFrom,
} from './terms.js';

/** Every rule by which this context derives a value, in every version that a stored trace may name. */
export const derivations: readonly AnyDerivation[] = [
  effectiveDate,
  performanceDate,
  termStart,
  termEnd,
  expiry,
  noticeLimit,
  forwardLimit,
  timelyFrom,
  timelyBefore,
  lock,
  reminder,
  termPrice,
  noticeTimeliness,
];

type Words = (inputs: Trace['inputs'], result: Trace['result']) => Label;

const words: Readonly<Record<string, Words>> = {
  [effectiveDate.rule]: (i, result) =>
    i['executionMode'] === 'SIGN_AND_SEAL'
      ? {
          en: `${result}: the last of the four acts; A signed ${i['signedByA']}, sealed ${i['sealedByA']}; B signed ${i['signedByB']}, sealed ${i['sealedByB']} (AGR-10.1).`,
          zh: `${result}：四项签署行为中最后一项的日期；甲方签字${i['signedByA']}、盖章${i['sealedByA']}，乙方签字${i['signedByB']}、盖章${i['sealedByB']}。`,
        }
      : {
          en: `${result}: the later of the two parties' first acts (AGR-10.1, signing or sealing).`,
          zh: `${result}：双方各自首次签字或盖章日期中较晚者。`,
        },
  [performanceDate.rule]: (_, result) => ({
    en: `${result}: the day on which one party had performed and the other accepted (Civil Code art. 490).`,
    zh: `${result}：一方履行主要义务且对方接受之日（民法典第490条）。`,
  }),
  [termStart.rule]: ({ previousEndsOn }, result) =>
    previousEndsOn === null
      ? { en: `${result}: the first term begins on the effective date.`, zh: `${result}：首期自生效日起。` }
      : {
          en: `${result}: the day after the term before ended (${previousEndsOn}).`,
          zh: `${result}：上期届满日${previousEndsOn}的次日。`,
        },
  [termEnd.rule]: ({ effectiveOn, termNo, termYears, termEndConvention, anchor, previousEndsOn }, result) => {
    const chained = anchor === 'CHAINED' && previousEndsOn !== null;
    const dayBefore = termEndConvention === 'DAY_BEFORE';
    const from = chained
      ? {
          en: `${termYears} year(s) from the end of the term before, ${previousEndsOn}`,
          zh: `自上期届满日${previousEndsOn}起${termYears}年`,
        }
      : {
          en: `${termNo} × ${termYears} year(s) from ${effectiveOn}`,
          zh: `自${effectiveOn}起${termNo}×${termYears}年`,
        };
    return {
      en: `${result}: ${from.en}, ${dayBefore ? 'the day before the corresponding day' : 'the corresponding day'}, or the month's last day where there is none (Civil Code art. 202).`,
      zh: `${result}：${from.zh}，${dayBefore ? '对应日的前一日' : '对应日'}，无对应日则为当月末日（民法典第202条）。`,
    };
  },
  [expiry.rule]: ({ endsOn, zone }, result) => ({
    en: `${result}: 24:00 of ${endsOn} in ${zone} (Civil Code art. 203).`,
    zh: `${result}：${endsOn}二十四时（${zone}，民法典第203条）。`,
  }),
  [noticeLimit.rule]: ({ endsOn, noticeMonths }, result) => ({
    en: `${result}: ${noticeMonths} month(s) before ${endsOn}, counted backwards (AGR-10.1).`,
    zh: `${result}：自届满日${endsOn}倒推${noticeMonths}个月。`,
  }),
  [forwardLimit.rule]: ({ endsOn, noticeMonths }, result) => ({
    en: `${result}: the latest day from which ${noticeMonths} month(s), counted forwards, end by ${endsOn}.`,
    zh: `${result}：自该日起顺推${noticeMonths}个月不晚于${endsOn}的最后一日。`,
  }),
  [timelyFrom.rule]: ({ noticeLimitOn }, result) => ({
    en: `${result}: notices are on time within the last month, from the start of ${noticeLimitOn}.`,
    zh: `${result}：通知须在最后一个月内到达，自${noticeLimitOn}零时起。`,
  }),
  [timelyBefore.rule]: (i, result) => ({
    en: `${result}: a notice that arrives before is on time; ${windowWords(i).en}.`,
    zh: `${result}：此前到达的通知为按时；${windowWords(i).zh}。`,
  }),
  [lock.rule]: (i, result) => ({
    en: `${result}: from then on no notice can stop the renewal (R0); ${windowWords(i).en}.`,
    zh: `${result}：此后任何通知均不能阻止续期；${windowWords(i).zh}。`,
  }),
  [reminder.rule]: ({ noticeLimitOn, daysBefore }, result) => ({
    en: `${result}: ${daysBefore} days before the notice limit ${noticeLimitOn}.`,
    zh: `${result}：通知截止日${noticeLimitOn}前${daysBefore}天。`,
  }),
  [termPrice.rule]: ({ startsOn, agreedFees }, result) => ({
    en: `${result} fen: of the fees agreed (${agreedFees}) the last that counts by ${startsOn}.`,
    zh: `${result}分：已约定费用（${agreedFees}）中截至${startsOn}最后生效者。`,
  }),
  [noticeTimeliness.rule]: ({ arrivedAt, timelyBefore: before, locksAt }, result) => ({
    en: `${result}: it arrived at ${arrivedAt}; on time is before ${before}, the renewal locks at ${locksAt}.`,
    zh: `${result}：${arrivedAt}到达；按时界限为${before}，续期锁定于${locksAt}。`,
  }),
};

const windowWords = (i: Trace['inputs']): Label => ({
  en: `reading ${i['noticeReading']}, limit ${i['noticeLimitOn']} ${i['noticeLimitInclusive'] === true ? 'included' : 'excluded'}, counted forwards ${i['forwardLimitOn']}, grey zone ${i['noticeGreyZone']}`,
  zh: `通知解释${i['noticeReading']}，截止日${i['noticeLimitOn']}${i['noticeLimitInclusive'] === true ? '含' : '不含'}当日，顺推至${i['forwardLimitOn']}，灰色地带${i['noticeGreyZone']}`,
});

/** Why a value is what it is, in words. A rule that nobody knows throws. */
export function explain(trace: Trace): Label {
  const say = words[trace.rule];
  if (!say) throw new Error(`no words for the rule ${trace.rule}`);
  return say(trace.inputs, trace.result);
}
