import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { StatusBoard } from '#projection/status-board';
import { accounts } from '../../test/support/accounts.js';
import { measureRunner } from './runner-metrics.js';

test('a rebuild is measured while it lasts, and is 0 when it is over', async () => {
  const board = new StatusBoard([accounts]);
  const registry = new Registry();
  measureRunner(registry, () => board.status());
  const figures = async () => (await registry.metrics()).match(/^fourstar_rebuild_\w+ \d+$/gm);
  board.rebuild.began(['accounts'], 30);
  board.rebuild.now({ ofEvents: 100 });
  board.rebuild.applied(12);
  expect(await figures()).toEqual([
    'fourstar_rebuild_events 42',
    'fourstar_rebuild_events_to_do 100',
    expect.stringMatching(/^fourstar_rebuild_events_per_second [1-9]/),
  ]);
  board.rebuild.ended();
  const over = ['events', 'events_to_do', 'events_per_second'].map((name) => `fourstar_rebuild_${name} 0`);
  expect(await figures()).toEqual(over);
});
