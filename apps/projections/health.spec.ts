import { expect, test } from '@jest/globals';
import { Hole } from '#projection/errors';
import type { RunnerStatus } from '#projection/status';
import { healthOf } from './health.js';

const accounts = {
  name: 'accounts',
  version: 1,
  position: 9n,
  state: 'live',
  parked: { keys: 0, events: 0 },
  failure: undefined,
} as const;
const live: RunnerStatus = {
  state: 'live',
  position: 9n,
  eventAt: undefined,
  lagMs: 0,
  projections: [accounts],
  rebuild: undefined,
  rebuildFailure: undefined,
  lastError: undefined,
  failure: undefined,
};

test('a projector is ready with something parked, and says so', () => {
  expect(healthOf(live)).toEqual({ ok: true, detail: 'live' });
  const projections = [{ ...accounts, parked: { keys: 2, events: 7 } }];
  const detail = 'live; parked: accounts 2 keys, 7 events';
  expect(healthOf({ ...live, projections })).toEqual({ ok: true, detail });
  expect(healthOf({ ...live, state: 'standing-by' }).ok).toBe(true);
});

test('a projector that is behind names the tables, where they stand and how old that is', () => {
  const projections = [{ ...accounts, state: 'behind' as const }];
  const behind = { ...live, state: 'catching-up', lagMs: 2_400, projections } as const;
  expect(healthOf(behind)).toEqual({ ok: false, detail: 'catching-up; behind 3 s: accounts at 9' });
  const begun = [{ ...accounts, state: 'behind' as const, position: undefined }];
  const retrying = { ...live, state: 'retrying', lagMs: undefined, projections: begun } as const;
  expect(healthOf(retrying).detail).toBe('retrying; behind: accounts at the start');
});

test('it is not ready once the reader or one projection has stopped, and says why', () => {
  const failure = new Hole('account-1', 2n, 4n, 900n);
  const stopped = 'hole in account-1: revision 4 at position 900 follows revision 2';
  expect(healthOf({ ...live, state: 'stopped', failure })).toEqual({ ok: false, detail: stopped });
  const projections = [{ ...accounts, state: 'stopped' as const, failure }];
  expect(healthOf({ ...live, projections })).toEqual({ ok: false, detail: stopped });
});

test('a release whose tables are still being built is not ready, and says how far it is; a rebuild that was asked for is no matter', () => {
  const rebuild = {
    projections: ['accounts'],
    phase: 'loading',
    events: 45,
    ofEvents: 100,
    eventsPerSecond: 10,
    waitsFor: undefined,
  } as const;
  const detail = 'live; building: accounts 45 %';
  expect(healthOf({ ...live, rebuild })).toEqual({ ok: true, detail });
  const projections = [{ ...accounts, state: 'building' as const }];
  expect(healthOf({ ...live, projections, rebuild })).toEqual({ ok: false, detail });
});
