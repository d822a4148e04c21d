import { expect, test } from '@jest/globals';
import { instantOf } from '#kernel/time';
import { SimulatedClock, systemClock } from './clock.js';
import { derivedId, dueCommandId, eventIdOf } from './ids.js';

const dueAt = instantOf('2026-03-01T12:00:00Z');
const due = { command: 'EndTerm', generation: '1', dueAt };

test('derived ids are the same for ever: logs hold them', () => {
  expect(derivedId('a', 'b')).toBe('27c221a2-88c2-56fe-838b-fa5fb25bc306');
  expect(dueCommandId('contract-1', due)).toBe('6b0adc32-82af-5bfe-9dac-52247b43d231');
  expect(eventIdOf(derivedId('a', 'b'), 0, '{}')).toBe('b6827547-69ba-51e4-9973-598d74f28c47');
});

test('other parts are another id, also when they read the same in a row', () => {
  const ids = [derivedId('a', 'b'), derivedId('ab'), derivedId('b', 'a'), derivedId('a', 'b', '')];
  expect(new Set(ids).size).toBe(4);
  expect(eventIdOf('a', 0, '{}')).not.toBe(eventIdOf('a', 1, '{}'));
  expect(eventIdOf('a', 0, '{}')).not.toBe(eventIdOf('a', 0, '[]'));
});

test('a deadline asks under one id, whenever it is met; another generation, command or stream under another', () => {
  const asked = dueCommandId('contract-1', due);
  expect(dueCommandId('contract-1', { ...due, dueAt: instantOf('2027-01-01T00:00:00Z') })).toBe(asked);
  expect(dueCommandId('contract-1', { ...due, generation: '2' })).not.toBe(asked);
  expect(dueCommandId('contract-1', { ...due, command: 'LockRenewal' })).not.toBe(asked);
  expect(dueCommandId('contract-2', due)).not.toBe(asked);
});

test('a simulated clock stands still until it is moved, and moves only forwards', () => {
  const clock = new SimulatedClock(dueAt);
  expect(clock.now()).toBe(dueAt);
  clock.moveTo(instantOf('2026-02-01T00:00:00Z'));
  expect(clock.now()).toBe(dueAt);
  clock.moveTo(instantOf('2026-04-01T00:00:00Z'));
  expect(clock.now()).toBe('2026-04-01T00:00:00.000Z');
});

test("the system's clock tells the time in the form of every instant", () => {
  const now = systemClock.now();
  expect(instantOf(now)).toBe(now);
});
