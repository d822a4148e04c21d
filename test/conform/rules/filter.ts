import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  eventTypeFilter,
  excludeSystemEvents,
  START,
  streamNameFilter,
  type Filter,
  type Position,
} from '@eventstore/db-client';
import { server } from '../server.js';
import { collect, failureOf, freshStream, numbered, numberedEvents, revisionsOf } from '../support.js';

describe('a filter on $all', () => {
  const mark = randomUUID().replaceAll('-', '');
  const cases: [string, Filter][] = [
    ['stream names by prefix', streamNameFilter({ prefixes: ['nothing', `${mark}-wanted`] })],
    ['stream names by regular expression', streamNameFilter({ regex: `^${mark}-w.nted` })],
    ['event types by prefix', eventTypeFilter({ prefixes: [`Wanted${mark}`] })],
    ['event types by regular expression', eventTypeFilter({ regex: `anted${mark}$` })],
  ];

  it.each(cases)('selects %s, past and future', async (_what, filter) => {
    const [wanted, other] = [`${mark}-wanted-${randomUUID()}`, `${mark}-other-${randomUUID()}`];
    await server.client.appendToStream(wanted, numbered(0, `Wanted${mark}`));
    const subscription = server.client.subscribeToAll({ fromPosition: START, filter });
    const received: string[] = [];
    const last = new Promise<void>((resolve) => {
      subscription.on('data', ({ event }) => {
        received.push(event?.type ?? '');
        if (event?.streamId === wanted && event.revision === 1n) resolve();
      });
    });
    await once(subscription, 'caughtUp');
    await server.client.appendToStream(other, numbered(0, 'Other'));
    await server.client.appendToStream(wanted, numbered(1, `Wanted${mark}`));
    await last;
    await subscription.unsubscribe();
    expect(new Set(received)).toEqual(new Set([`Wanted${mark}`]));
  });

  it('can hide system events', async () => {
    const stream = freshStream();
    await server.client.setStreamMetadata(stream, { maxCount: 5 });
    await server.client.appendToStream(stream, numbered(0));
    const types: string[] = [];
    for await (const { event } of server.client.subscribeToAll({ filter: excludeSystemEvents() })) {
      types.push(event?.type ?? '');
      if (event?.streamId === stream) break;
    }
    expect(types.filter((type) => type.startsWith('$'))).toEqual([]);
  });

  it('tells how far the search has come, also where nothing matches', async () => {
    const { position: start } = await server.client.appendToStream(freshStream(), numbered(0));
    if (!start) throw new Error('An append has a position');
    await server.client.appendToStream(freshStream(), numberedEvents(60, 'Unwanted'));
    const checkpoints: Position[] = [];
    const filter = eventTypeFilter({
      prefixes: ['NoSuchType'],
      maxSearchWindow: 5,
      checkpointInterval: 2,
      checkpointReached: (_subscription, position) => void checkpoints.push(position),
    });
    const subscription = server.client.subscribeToAll({ fromPosition: start, filter });
    subscription.resume();
    await once(subscription, 'caughtUp');
    await subscription.unsubscribe();
    expect(checkpoints.length).toBeGreaterThanOrEqual(6);
    const commits = checkpoints.map(({ commit }) => commit);
    expect(commits).toEqual([...commits].sort((a, b) => (a < b ? -1 : 1)));
    expect(commits[0]).toBeGreaterThan(start.commit);
  });

  it('resumes from a checkpoint without losing what matches after it', async () => {
    const stream = freshStream();
    const type = `Late${randomUUID()}`;
    const { position: start } = await server.client.appendToStream(stream, numberedEvents(70));
    if (!start) throw new Error('An append has a position');
    let checkpoint: Position | undefined;
    const filter = eventTypeFilter({
      prefixes: [type],
      checkpointReached: (_s, position) => void (checkpoint = position),
    });
    await server.client.appendToStream(stream, numberedEvents(40));
    const first = server.client.subscribeToAll({ fromPosition: start, filter });
    first.resume();
    await once(first, 'caughtUp');
    await first.unsubscribe();
    await server.client.appendToStream(stream, numbered(1, type));
    if (!checkpoint) throw new Error('There was no checkpoint in 40 events');
    const events = await collect(server.client.subscribeToAll({ fromPosition: checkpoint, filter }), 1);
    expect(revisionsOf(events)).toEqual([110]);
  });

  it('refuses what is not a regular expression', async () => {
    await failureOf(collect(server.client.subscribeToAll({ filter: eventTypeFilter({ regex: '(' }) })));
  });
});
