import { expect, test } from '@jest/globals';
import { timersInWords, reactionsHealth } from './health.js';

test('the timers say how much is due and since when, and what waits for a person', () => {
  const none = { due: 0, parked: 2, held: 1, oldestDueAgeSeconds: 0, heartbeatAgeSeconds: 1 };
  expect(timersInWords(none)).toBe('nothing due, 2 parked, 1 held');
  const due = { ...none, due: 3, oldestDueAgeSeconds: 11.2 };
  expect(timersInWords(due)).toBe('3 due, the oldest for 12 s, 2 parked, 1 held');
});

test('the reactions name the one that is behind, and where it is', () => {
  const live = {
    name: 'invoices',
    state: 'live',
    position: 9n,
    lagMs: 0,
    parked: [],
    lastError: undefined,
    failure: undefined,
  } as const;
  expect(reactionsHealth([live])).toEqual({ ok: true, detail: '0 targets parked' });
  const behind = { ...live, name: 'reminders', state: 'catching-up' } as const;
  expect(reactionsHealth([live, behind])).toEqual({
    ok: false,
    detail: 'reminders is catching-up at 9; 0 targets parked',
  });
});
