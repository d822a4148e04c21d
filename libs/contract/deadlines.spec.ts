import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Due } from '#kernel/due';
import {
  addDays,
  dateOf,
  epochMsOf,
  instantOf,
  instantOfEpochMs,
  startOfDay,
  type Instant,
} from '#kernel/time';
import {
  amend,
  consent,
  contractId,
  decideNotice,
  executedOn,
  notice,
  playContract,
  rescind,
  terminate,
  withdraw,
  type AskedOfContract,
} from '../../test/support/contract.js';
import { contract } from './contract.js';
import type { Term } from './events.js';
import type { ContractPolicy } from './policy.js';

const SEED = 20260215;
const DAY_MS = 86_400_000;

/** One thing that people do, some days after the one before. Most are possible, some are refused: both must hold. */
interface Step {
  readonly daysLater: number;
  readonly what: 'notice' | 'decide' | 'withdraw' | 'consent' | 'rescind' | 'amend' | 'terminate' | 'look';
  readonly party: 'A' | 'B';
  /** How long ago the thing arrived that is entered. */
  readonly daysAgo: number;
  /** Which of the notices it is about. */
  readonly which: number;
  readonly accepted: boolean;
}
interface History {
  readonly effectiveOn: string;
  readonly policy: Partial<ContractPolicy>;
  readonly steps: readonly Step[];
}

const histories: fc.Arbitrary<History> = fc.record({
  effectiveOn: fc.constantFrom('2024-02-29', '2025-03-15', '2025-02-28', '2024-04-30'),
  policy: fc.constantFrom<Partial<ContractPolicy>>(
    {},
    { noticeGreyZone: 'ACCEPT' },
    { noticeReading: 'WITHIN_LAST_MONTH' },
    { lateNoticeCarriesOver: true, anchor: 'CHAINED' },
    { termEndConvention: 'DAY_BEFORE', noticeMonths: 3, reminderDays: [300, 30, 1] },
  ),
  steps: fc.array(
    fc.record<Step>({
      daysLater: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 500 })),
      what: fc.constantFrom(
        ...(['notice', 'notice', 'notice', 'decide', 'decide', 'withdraw', 'consent'] as const),
        ...(['rescind', 'rescind', 'amend', 'look', 'terminate'] as const),
      ),
      party: fc.constantFrom('A', 'B'),
      daysAgo: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 500 })),
      which: fc.nat(3),
      accepted: fc.boolean(),
    }),
    { maxLength: 9 },
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
function lived(history: History) {
  const play = playContract(history.policy);
  const { executed, asked } = commandsOf(history);
  const lives = asked.reduce((story, each) => play.when(story, each).story, play.given(...executed));
  const end = later(asked.at(-1)?.at ?? executed[0]?.at ?? ('' as Instant), 3);
  return { play, executed, asked, end, story: play.settle(lives, end) };
}

const holds = (name: string, check: (history: History, salt: number) => void, numRuns = 200) =>
  test(name, () => {
    fc.assert(fc.property(histories, fc.nat(), check), { seed: SEED, numRuns });
  });

type Events = ReturnType<typeof lived>['story']['events'];

/** What should be open at `now`, told from the events by what they mean rather than by what they start and stop. */
function sensible(events: Events, now: Instant): string[] {
  let term: Term | undefined;
  const counting = new Map<string, number>();
  for (const { type, data } of events) {
    if (type === 'ContractBecameEffective' || type === 'ContractRenewed') term = data.term;
    if (type === 'ContractExpired' || type === 'ContractTerminated') return [];
    if (type === 'NonRenewalNoticeReceived') counting.set(data.noticeId, data.termNo);
    if (type === 'NonRenewalNoticeReceived' && !/ends-term|adds-nothing/.test(data.effect))
      counting.set(data.noticeId, -data.termNo);
    if (type === 'NoticeWithdrawn') counting.delete(data.noticeId);
    if (type === 'NonRenewalNoticeCarriedOver' || type === 'RenewalRescinded')
      counting.set(data.noticeId, data.termNo);
    if (type === 'DisputableNoticeDecided' && /ends-term|adds-nothing/.test(data.effect))
      counting.set(data.noticeId, -(counting.get(data.noticeId) ?? 0));
  }
  if (!term) return [];
  const end = [`EndTerm ${term.expiresAt}`];
  if ([...counting.values()].includes(term.termNo) || now >= term.locksAt) return end;
  const ahead = term.reminders.filter(({ remindAt }) => remindAt > now);
  const reminders = ahead.map(({ remindAt }) => `RemindOfNoticeLimit ${remindAt}`);
  return [...end, `LockRenewal ${term.locksAt}`, ...reminders];
}

describe('R7: deadlines', () => {
  holds(
    'exactly the sensible deadlines are open at the end of any history, none after its end',
    (history) => {
      const { story, end } = lived(history);
      const open = [...story.open.values()].map(({ command, dueAt }) => `${command} ${dueAt}`);
      expect(open.sort()).toEqual(sensible(story.events, end).sort());
    },
  );

  holds('punctual timers, or none until a command comes: the same stream', (history) => {
    const { play, executed, asked, end, story } = lived(history);
    let punctual = play.given(...executed);
    for (const each of [...asked, { at: end }])
      punctual = patiently(play, punctual, each.at, 'type' in each ? each : undefined);
    expect(punctual.events).toEqual(story.events);
  });

  holds('duplicated, reordered and late deliveries: the same stream', (history, salt) => {
    const { play, executed, asked, end, story } = lived(history);
    const seen: Due[] = [];
    let noisy = play.given(...executed);
    let turn = salt;
    for (const each of [...asked, { at: end }]) {
      noisy = play.settle(noisy, each.at);
      if ('type' in each) noisy = play.when(noisy, each).story;
      seen.push(...noisy.open.values());
      const due = seen.filter(({ dueAt }) => dueAt <= each.at);
      for (let k = 0; k < 4 && due.length > 0; k++) {
        turn = (turn * 48_271 + 11) % 2_147_483_647;
        const stale = due[turn % due.length];
        if (stale) noisy = play.deliver(noisy, stale);
      }
    }
    expect(noisy.events).toEqual(story.events);
  });

  holds('a term is renewed once, the next after it, and terms tile time', (history) => {
    const { story } = lived(history);
    const terms = story.events.flatMap(({ type, data }) =>
      type === 'ContractBecameEffective' || type === 'ContractRenewed' ? [data.term] : [],
    );
    expect(terms.map(({ termNo }) => termNo)).toEqual(terms.map((_, index) => index + 1));
    terms.slice(1).forEach((term, index) => {
      expect(Date.parse(term.startsOn) - Date.parse(terms[index]?.endsOn ?? '')).toBe(DAY_MS);
    });
  });

  holds('after an end nothing happens but corrections', (history) => {
    const types = lived(history).story.events.map(({ type }) => type);
    const end = types.findIndex((type) => type === 'ContractExpired' || type === 'ContractTerminated');
    const corrections =
      /^(NonRenewalNoticeReceived|DisputableNoticeDecided|RenewalRescinded|ContractExpired)$/;
    if (end >= 0) expect(types.slice(end + 1).filter((type) => !corrections.test(type))).toEqual([]);
  });

  holds('replayed, the history comes to the same state and the same deadlines', (history) => {
    const { play, story } = lived(history);
    expect(play.fold(story.events)).toEqual(story);
  });

  holds('every command repeated at once is nothing, or the refusal that it was', (history) => {
    const { play, executed, asked } = lived(history);
    let story = play.given(...executed);
    for (const each of asked) {
      const first = play.when(story, each);
      const again = play.when(first.story, each);
      expect([again.events, again.refused?.code]).toEqual([[], first.refused?.code]);
      story = again.story;
    }
  });

  holds(
    'no deadline is ever started a second time',
    (history) => {
      const { play, story } = lived(history);
      const started: string[] = [];
      let before = play.beginning;
      for (let n = 1; n <= story.events.length; n++) {
        const after = play.fold(story.events.slice(0, n));
        started.push(...[...after.open.keys()].filter((key) => !before.open.has(key)));
        before = after;
      }
      expect(new Set(started).size).toBe(started.length);
    },
    60,
  );
});

test('R7: a timer that comes too early is answered by nothing', () => {
  const play = playContract();
  const effective = play.given(...executedOn('2025-03-15'));
  const early = instantOf('2025-04-01T00:00:00Z');
  for (const { command, generation } of effective.open.values())
    expect(play.deliver(effective, { command, generation, dueAt: early }).events).toEqual(effective.events);
});

test('R7: a timer of another term than the running one is answered by nothing', () => {
  const { state } = playContract().given(...executedOn('2025-03-15'));
  const at = instantOf('2026-03-15T16:00:00Z');
  const deciding = { id: contractId, at, actor: 'system:timers', newId: contractId, foreign: () => never() };
  expect(contract.decide.EndTerm(state, { generation: '7', dueAt: at }, deciding)).toEqual([]);
  expect(contract.decide.EndTerm(state, { generation: '1', dueAt: at }, deciding)).not.toEqual([]);
});

function never(): never {
  throw new Error('a deadline needs no foreign stream');
}

/** Wakes the contract at every single due instant until `at`, then asks. */
function patiently(
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
