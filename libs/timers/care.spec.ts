import { describe, expect, test } from '@jest/globals';
import { Refusal } from '#kernel/refusal';
import { instantOf, type Instant } from '#kernel/time';
import { timer, type TimerCare } from './care.js';
import { timerIdOf } from './care-events.js';

const stream = 'meter-7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f1a';
const key = { stream, command: 'ReadMeter', generation: '1' };
const [early, late] = [instantOf('2026-03-01T00:00:00Z'), instantOf('2026-03-02T00:00:00Z')];
const facts = { effectiveAt: early, recordedAt: early, actor: 'staff:1', eventId: 'e' };
const deciding = (id: string) => ({ id, at: early, actor: 'staff:1', newId: 'n', foreign: () => never() });
const never = (): never => {
  throw new Error('a timer needs no other stream');
};

type Asked = readonly [keyof typeof timer.commands, Instant?];
const decide = (state: TimerCare, [type, parkedAt]: Asked, id = timerIdOf(key)) =>
  type === 'ReleaseTimer'
    ? timer.decide.ReleaseTimer(state, { ...key, ...(parkedAt && { parkedAt }) }, deciding(id))
    : timer.decide[type](state, key, deciding(id));
const after = (...asked: readonly Asked[]): TimerCare =>
  asked.reduce(
    (state, each) =>
      decide(state, each).reduce((before, { type, data }) => timer.evolve[type](before, data, facts), state),
    timer.initial,
  );

const hold: Asked = ['HoldTimer'];
const skip: Asked = ['SkipTimer'];
const release: Asked = ['ReleaseTimer'];
const retry: Asked = ['ReleaseTimer', early];
const again: Asked = ['ReleaseTimer', late];
const held = ['TimerHeld', undefined];
const skipped = ['TimerSkipped', undefined];
const released = (parkedAt?: Instant) => ['TimerReleased', parkedAt];
const nothing = undefined;

describe('every command in every state', () => {
  const states = {
    untouched: [],
    held: [hold],
    skipped: [skip],
    'released from a hold': [hold, release],
    'released from a parking': [retry],
    'held after that': [retry, hold],
  } as const;
  const table: readonly (readonly [keyof typeof states, ...(readonly unknown[] | undefined)[]])[] = [
    //                            hold     skip     release          of `early`       of `late`
    ['untouched', held, skipped, nothing, released(early), released(late)],
    ['held', nothing, skipped, released(), released(early), released(late)],
    ['skipped', held, nothing, released(), released(early), released(late)],
    ['released from a hold', held, skipped, nothing, released(early), released(late)],
    ['released from a parking', held, skipped, nothing, nothing, released(late)],
    ['held after that', nothing, skipped, released(early), released(early), released(late)],
  ];
  test.each(table)('%s', (name, ...expected) => {
    const state = after(...states[name]);
    const decided = [hold, skip, release, retry, again].map((asked) => {
      const [event] = decide(state, asked);
      return event && [event.type, 'parkedAt' in event.data ? event.data.parkedAt : undefined];
    });
    expect(decided).toEqual(expected);
  });

  test.each([hold, skip, retry])('%s asked twice is done once', (...asked) => {
    expect(decide(after(asked), asked)).toEqual([]);
  });
});

test('a deadline has one timer: another id is refused, and told the right one', () => {
  for (const asked of [hold, skip, release]) {
    const ask = () => decide(timer.initial, asked, '7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f1b');
    expect(ask).toThrow(Refusal);
    expect(ask).toThrow(timerIdOf(key));
  }
});

test('what is decided about a timer shows among what concerns its aggregate', () => {
  const id = timerIdOf(key);
  expect(timer.subjects(after(hold), id)).toEqual([`timer:${id}`, stream.replace('meter-', 'meter:')]);
  expect(timer.subjects(timer.initial, id)).toEqual([`timer:${id}`]);
});
