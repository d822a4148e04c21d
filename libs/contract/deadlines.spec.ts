import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Due } from '#kernel/due';
import { instantOf, type Instant } from '#kernel/time';
import { contractId, executedOn, playContract } from '../../test/support/contract.js';
import { histories, lived, patiently, type History } from '../../test/support/contract-histories.js';
import { contract } from './contract.js';
import type { Term } from './events.js';

const SEED = 20260215;
const holds = (name: string, check: (history: History, salt: number) => void, numRuns = 200) =>
  test(name, () => {
    fc.assert(fc.property(histories, fc.nat(), check), { seed: SEED, numRuns });
  });

type Events = ReturnType<typeof lived>['story']['events'];

/** What should be open at `now`, told from the events by what they mean rather than by what they start and stop. */
function sensible(events: Events, now: Instant): string[] {
  let term: Term | undefined;
  let ended = false;
  const counting = new Map<string, number>();
  for (const { type, data } of events) {
    if (type === 'ContractBecameEffective' || type === 'ContractRenewed') term = data.term;
    if (type === 'ContractExpired' || type === 'ContractTerminated') ended = true;
    if (type === 'ExpiryRescinded') ended = false;
    if (type === 'NonRenewalNoticeReceived') counting.set(data.noticeId, data.termNo);
    if (type === 'NonRenewalNoticeReceived' && !/ends-term|adds-nothing/.test(data.effect))
      counting.set(data.noticeId, -data.termNo);
    if (type === 'NoticeWithdrawn') counting.delete(data.noticeId);
    if (type === 'NonRenewalNoticeCarriedOver' || type === 'RenewalRescinded')
      counting.set(data.noticeId, data.termNo);
    if (type === 'DisputableNoticeDecided' && /ends-term|adds-nothing/.test(data.effect))
      counting.set(data.noticeId, -(counting.get(data.noticeId) ?? 0));
  }
  if (!term || ended) return [];
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
      expect(Date.parse(term.startsOn) - Date.parse(terms[index]?.endsOn ?? '')).toBe(86_400_000);
    });
  });

  holds('after an end nothing happens but corrections, until one of them undoes it', (history) => {
    const corrections =
      /^(NonRenewalNoticeReceived|DisputableNoticeDecided|NoticeWithdrawn|RenewalRescinded|ContractExpired)$/;
    let ended = false;
    for (const { type } of lived(history).story.events) {
      if (type === 'ExpiryRescinded') ended = false;
      if (ended) expect(type).toMatch(corrections);
      if (type === 'ContractExpired' || type === 'ContractTerminated') ended = true;
    }
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
