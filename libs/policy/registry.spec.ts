import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { instantOf, type Instant } from '#kernel/time';
import { Play, type Asked } from '../../test/support/given.js';
import type { policyCommands } from './commands.js';
import { group, key } from './group.js';
import { activePolicy } from './policy.js';
import { policyRegistry } from './registry.js';

type AskedOfPolicy = Asked<typeof policyCommands>;

const hours = key(z.int().positive(), 2, 'D', 'Hours a lamp burns.');
const colour = key(z.enum(['red', 'green']), 'red', 'D', 'Its colour.');
const today = { lamp: group({ hours, colour }) };
/** The same group as a release before knew it. */
const before = { lamp: group({ hours }) };

const play = (id = 'lamp', groups: typeof today | typeof before = today) =>
  new Play(policyRegistry(groups), { id, actor: 'staff:first' });

const at = (day: string) => instantOf(`${day}T10:00:00+08:00`);
const NOW = at('2026-03-10');

const adopt = (when: Instant = NOW): AskedOfPolicy => ({ type: 'AdoptPolicyDefaults', data: {}, at: when });
const propose = (changes: Record<string, unknown>, when = NOW): AskedOfPolicy => ({
  type: 'ProposePolicy',
  data: { changes },
  at: when,
});
const activate = (version: number, activeFromOn: string, actor = 'staff:second'): AskedOfPolicy => ({
  type: 'ActivatePolicy',
  data: { version, activeFromOn },
  at: NOW,
  actor,
});

const states = {
  none: [],
  adopted: [adopt()],
  proposed: [adopt(), propose({ hours: 3 })],
  scheduled: [adopt(), propose({ hours: 3 }), activate(2, '2026-04-01')],
};
type Cells = Readonly<Record<keyof typeof states, string>>;

// prettier-ignore
const table: Readonly<Record<keyof typeof policyCommands, readonly [AskedOfPolicy, Cells]>> = {
  AdoptPolicyDefaults: [adopt(),
    { none: 'PolicyProposed PolicyActivated', adopted: 'nothing', proposed: 'nothing', scheduled: 'nothing' }],
  ProposePolicy: [propose({ hours: 4 }),
    { none: 'policy-values-invalid', adopted: 'PolicyProposed', proposed: 'PolicyProposed', scheduled: 'PolicyProposed' }],
  ActivatePolicy: [activate(2, '2026-05-01'),
    { none: 'no-such-policy-version', adopted: 'no-such-policy-version', proposed: 'PolicyActivated', scheduled: 'policy-already-active' }],
};

const outcome = (given: readonly AskedOfPolicy[], asked: AskedOfPolicy, game = play()) => {
  const { events, refused } = game.when(game.given(...given), asked);
  return refused?.code ?? (events.map(({ type }) => type).join(' ') || 'nothing');
};

const valuesAt = (asked: readonly AskedOfPolicy[], day: string, game = play()) =>
  activePolicy(game.given(...asked).state, at(day));

describe('every command in every state', () => {
  const rows = Object.entries(table).flatMap(([command, [asked, cells]]) =>
    Object.entries(states).map(
      ([state, given]) => [command, state, cells[state as keyof Cells], given, asked] as const,
    ),
  );
  test.each(rows)('%s when %s: %s', (_command, _state, expected, given, asked) =>
    expect(outcome(given, asked)).toBe(expected),
  );

  test('asked twice is done once', () => {
    for (const asked of states.scheduled) expect(outcome(states.scheduled, asked)).toBe('nothing');
  });

  test('a group that this release does not know', () => {
    expect(outcome([], adopt(), play('lantern'))).toBe('no-such-policy');
    expect(outcome([], propose({ hours: 3 }), play('lantern'))).toBe('no-such-policy');
  });
});

describe('a policy is put into force', () => {
  test('by its date alone, from the start of that day in Shanghai; until then the one before it counts', () => {
    const { state } = play().given(...states.scheduled);
    expect(activePolicy(state, instantOf('2026-03-31T23:59:59.999+08:00'))).toMatchObject({
      version: 1,
      values: { hours: 2 },
    });
    expect(activePolicy(state, instantOf('2026-04-01T00:00:00+08:00'))).toMatchObject({
      version: 2,
      values: { hours: 3 },
    });
  });

  test('never backwards: not for today, whose start has passed', () => {
    expect(outcome(states.proposed, activate(2, '2026-03-09'))).toBe('policy-retroactive');
    expect(outcome(states.proposed, activate(2, '2026-03-10'))).toBe('policy-retroactive');
    expect(outcome(states.proposed, activate(2, '2026-03-11'))).toBe('PolicyActivated');
    const atMidnight = instantOf('2026-03-11T00:00:00+08:00');
    expect(outcome(states.proposed, { ...activate(2, '2026-03-11'), at: atMidnight })).toBe(
      'policy-retroactive',
    );
  });

  test('by another person than proposed it', () => {
    expect(outcome(states.proposed, activate(2, '2026-04-01', 'staff:first'))).toBe('four-eyes');
  });

  test('with values that its group takes: no other key, no other value', () => {
    for (const changes of [{ hours: 0 }, { colour: 'blue' }, { shape: 'round' }])
      expect(outcome(states.adopted, propose(changes))).toBe('policy-values-invalid');
  });

  test('and none is in force before the defaults are adopted', () => {
    expect(() => valuesAt([adopt()], '2026-03-09')).toThrow('no-active-policy');
    expect(valuesAt([adopt()], '2026-03-10')).toMatchObject({
      version: 1,
      values: { hours: 2, colour: 'red' },
    });
  });
});

describe('a release that adds a key', () => {
  const asBefore = play('lamp', before);
  /** The history that the release before wrote, then what this one asks. */
  const upgraded = (given: readonly AskedOfPolicy[], asked: AskedOfPolicy) => {
    const written = asBefore.given(...given).events;
    return play().when(play().fold(written), asked);
  };

  test('adopts its default beside the values in force, as a new version', () => {
    const changed = [adopt(at('2026-01-01')), propose({ hours: 9 }, at('2026-01-01'))];
    const { story } = upgraded([...changed, { ...activate(2, '2026-02-01'), at: at('2026-01-02') }], adopt());
    expect(activePolicy(story.state, NOW)).toMatchObject({ version: 3, values: { hours: 9, colour: 'red' } });
    expect(play().when(story, adopt(at('2026-03-11'))).events).toEqual([]);
  });

  test('puts no proposal into force that waits for its second person, nor lets it come without the key', () => {
    const { story } = upgraded([adopt(), propose({ hours: 9 })], adopt());
    expect(activePolicy(story.state, NOW)).toMatchObject({ version: 3, values: { hours: 2, colour: 'red' } });
    expect(play().when(story, activate(2, '2026-04-01')).refused?.code).toBe('policy-values-invalid');
  });

  test('completes a version that comes later, at its own day', () => {
    const { story } = upgraded(states.scheduled, adopt());
    expect(activePolicy(story.state, NOW).values).toEqual({ hours: 2, colour: 'red' });
    expect(activePolicy(story.state, at('2026-03-31')).values).toEqual({ hours: 2, colour: 'red' });
    expect(activePolicy(story.state, at('2026-04-01')).values).toEqual({ hours: 3, colour: 'red' });
  });
});
