import fc from 'fast-check';
import type { ContractPolicy } from '#contract/policy';
import { addDays, dateOf, epochMsOf, instantOfEpochMs, startOfDay, type Instant } from '#kernel/time';
import {
  amend,
  consent,
  contractId,
  decideNotice,
  executedOn,
  notice,
  playContract,
  rescind,
  rescindExpiry,
  terminate,
  withdraw,
  type AskedOfContract,
} from './contract.js';

const DAY_MS = 86_400_000;

/** One thing that people do, some days after the one before. Most are possible, some are refused: both must hold. */
interface Step {
  readonly daysLater: number;
  readonly what:
    'notice' | 'decide' | 'withdraw' | 'consent' | 'rescind' | 'take back' | 'amend' | 'terminate' | 'look';
  readonly party: 'A' | 'B';
  /** How long ago the thing arrived that is entered. */
  readonly daysAgo: number;
  /** Which of the notices it is about. */
  readonly which: number;
  readonly accepted: boolean;
}
export interface History {
  readonly effectiveOn: string;
  readonly policy: Partial<ContractPolicy>;
  readonly steps: readonly Step[];
}

const anySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record<Step>({
    daysLater: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 500 })),
    what: fc.constantFrom(
      ...(['notice', 'notice', 'notice', 'decide', 'decide', 'withdraw', 'consent'] as const),
      ...(['rescind', 'rescind', 'take back', 'take back', 'amend', 'look', 'terminate'] as const),
    ),
    party: fc.constantFrom('A', 'B'),
    daysAgo: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 500 })),
    which: fc.nat(3),
    accepted: fc.boolean(),
  }),
  { maxLength: 9 },
);

/** Chance alone hardly ever enters a withdrawal after the very expiry that it prevented: noticed, taken back on day 320, entered on day 500. */
function expiredWrongly([noticedOn, more]: [number, Step[]]): Step[] {
  const about = { party: 'A', which: 0, accepted: true } as const;
  return [
    { ...about, what: 'notice', daysLater: noticedOn, daysAgo: 0 },
    { ...about, what: 'take back', daysLater: 500 - noticedOn, daysAgo: 180 },
    ...more,
  ];
}

/** Histories of a contract, for property tests. */
export const histories: fc.Arbitrary<History> = fc.record({
  effectiveOn: fc.constantFrom('2024-02-29', '2025-03-15', '2025-02-28', '2024-04-30'),
  policy: fc.constantFrom<Partial<ContractPolicy>>(
    {},
    { noticeGreyZone: 'ACCEPT' },
    { noticeReading: 'WITHIN_LAST_MONTH' },
    { lateNoticeCarriesOver: true, anchor: 'CHAINED' },
    { termEndConvention: 'DAY_BEFORE', noticeMonths: 3, reminderDays: [300, 30, 1] },
  ),
  steps: fc.oneof(
    { weight: 4, arbitrary: anySteps },
    { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 0, max: 300 }), anySteps).map(expiredWrongly) },
  ),
});

const later = (at: Instant, days: number) => instantOfEpochMs(epochMsOf(at) + days * DAY_MS);
const noticeNo = (no: number) => `${contractId.slice(0, -2)}${String(no).padStart(2, '0')}`;

/** The commands of a history, each at its own instant; `look` asks nothing and is where a timer would have woken. */
function commandsOf({ effectiveOn, steps }: History): {
  executed: AskedOfContract[];
  asked: AskedOfContract[];
} {
  const executed = executedOn(effectiveOn);
  let at = startOfDay(addDays(dateOf(effectiveOn), 1), 'Asia/Shanghai');
  const asked = steps.flatMap((step, index): AskedOfContract[] => {
    at = later(at, step.daysLater);
    const date = at.slice(0, 10);
    const about = noticeNo(step.which);
    const happenedAt = later(at, -step.daysAgo);
    switch (step.what) {
      case 'notice':
        return [notice(at, happenedAt, step.party, noticeNo(index))];
      case 'decide':
        return [decideNotice(at, step.accepted, about)];
      case 'withdraw':
        return [withdraw(at, happenedAt, about)];
      case 'consent':
        return [consent(at, step.party, happenedAt, about)];
      case 'rescind':
        return [rescind(at, 'staff:supervisor', about)];
      case 'take back':
        // The sender's own consent is refused, the other party's is not.
        return [
          consent(at, 'A', happenedAt, about),
          consent(at, 'B', happenedAt, about),
          rescindExpiry(at, 'staff:supervisor', about),
        ];
      case 'amend':
        return [amend(at, date, date, { fee: { annualFeeFen: 100, annualFeeCapital: '壹元整' } })];
      case 'terminate':
        return [terminate(at, date)];
      case 'look':
        return [];
    }
  });
  return { executed, asked };
}

/** The whole story, settled at the end; nobody wakes the contract but the commands. */
export function lived(history: History) {
  const play = playContract(history.policy);
  const { executed, asked } = commandsOf(history);
  const lives = asked.reduce((story, each) => play.when(story, each).story, play.given(...executed));
  const end = later(asked.at(-1)?.at ?? executed[0]?.at ?? ('' as Instant), 3);
  return { play, executed, asked, end, story: play.settle(lives, end) };
}

/** Wakes the contract at every single due instant until `at`, then asks. */
export function patiently(
  play: ReturnType<typeof lived>['play'],
  from: ReturnType<typeof lived>['story'],
  at: Instant,
  asked: AskedOfContract | undefined,
) {
  let story = from;
  for (;;) {
    const instants = [...story.open.values()].map(({ dueAt }) => dueAt).filter((dueAt) => dueAt <= at);
    const next = instants.sort()[0];
    if (next === undefined) break;
    story = play.settle(story, next);
  }
  return asked ? play.when(story, asked).story : story;
}
