import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { END, START } from '@eventstore/db-client';
import { server } from '../server.js';
import { collect, failureOf, freshStream, numbered, numberedEvents, revisionsOf } from '../support.js';

describe('a subscription to a stream', () => {
  it('delivers what was and what comes, in order, and says when it has caught up', async () => {
    const stream = freshStream('sub');
    await server.client.appendToStream(stream, numberedEvents(300));
    const subscription = server.client.subscribeToStream(stream, { fromRevision: START });
    const caughtUp = once(subscription, 'caughtUp');
    const received = collect(subscription, 303);
    await caughtUp;
    await server.client.appendToStream(stream, numberedEvents(3));
    expect(revisionsOf(await received)).toEqual(Array.from({ length: 303 }, (_, i) => i));
  });

  it('is confirmed before anything else', async () => {
    const stream = freshStream('sub');
    await server.client.appendToStream(stream, numbered(0));
    const subscription = server.client.subscribeToStream(stream);
    const order: string[] = [];
    subscription
      .on('confirmation', () => order.push('confirmation'))
      .on('caughtUp', () => order.push('caughtUp'));
    subscription.on('data', () => order.push('event'));
    await once(subscription, 'caughtUp');
    await subscription.unsubscribe();
    expect(order[0]).toBe('confirmation');
    expect(order.filter((what) => what === 'confirmation')).toHaveLength(1);
  });

  it('starts after the revision it names', async () => {
    const stream = freshStream('sub');
    await server.client.appendToStream(stream, numberedEvents(5));
    const events = await collect(server.client.subscribeToStream(stream, { fromRevision: 2n }), 2);
    expect(revisionsOf(events)).toEqual([3, 4]);
  });

  it('delivers from the end only what comes later, the very first included', async () => {
    const stream = freshStream('sub');
    await server.client.appendToStream(stream, numberedEvents(5));
    const subscription = server.client.subscribeToStream(stream, { fromRevision: END });
    const received = collect(subscription, 2);
    await once(subscription, 'confirmation');
    await server.client.appendToStream(stream, numbered(5));
    await server.client.appendToStream(stream, numbered(6));
    expect(revisionsOf(await received)).toEqual([5, 6]);
  });

  it('waits for a stream that does not exist yet', async () => {
    const stream = freshStream('sub');
    const subscription = server.client.subscribeToStream(stream);
    const received = collect(subscription, 1);
    await once(subscription, 'confirmation');
    await server.client.appendToStream(stream, numbered(0));
    expect(revisionsOf(await received)).toEqual([0]);
  });

  it('outlives a soft delete', async () => {
    const stream = freshStream('sub');
    await server.client.appendToStream(stream, numbered(0));
    const subscription = server.client.subscribeToStream(stream);
    const received = collect(subscription, 2);
    await once(subscription, 'caughtUp');
    await server.client.deleteStream(stream);
    await server.client.appendToStream(stream, numbered(1));
    expect(revisionsOf(await received)).toEqual([0, 1]);
  });

  it('fails when the stream is tombstoned', async () => {
    const streamName = freshStream('sub');
    await server.client.appendToStream(streamName, numbered(0));
    const subscription = server.client.subscribeToStream(streamName);
    const failure = failureOf(collect(subscription));
    await once(subscription, 'caughtUp');
    await server.client.tombstoneStream(streamName);
    expect(await failure).toMatchObject({ type: 'stream-deleted', streamName });
  });
});

describe('a subscription to $all', () => {
  it('delivers every event of all streams once, in the order of reading, while others append', async () => {
    const streams = Array.from({ length: 4 }, () => freshStream('sub-all'));
    const fromPosition = (await server.client.appendToStream(freshStream('mark'), numbered(0))).position;
    if (!fromPosition) throw new Error('An append has a position');
    const subscription = server.client.subscribeToAll({ fromPosition });
    const received = collect(subscription, 400);
    await Promise.all(
      streams.map(async (stream) => {
        for (let i = 0; i < 50; i++) await server.client.appendToStream(stream, numberedEvents(2));
      }),
    );
    const ids = (await received).map(({ event }) => event?.id);
    const read = await collect(server.client.readAll({ fromPosition, maxCount: 401 }));
    expect(ids).toEqual(read.slice(1).map(({ event }) => event?.id));
  });

  it('delivers from the end only what comes later, the very first included', async () => {
    await server.client.appendToStream(freshStream('sub-all'), numberedEvents(3));
    const subscription = server.client.subscribeToAll({ fromPosition: END });
    const received = collect(subscription, 1);
    await once(subscription, 'confirmation');
    const event = numbered(7);
    await server.client.appendToStream(freshStream('sub-all'), event);
    expect((await received)[0]?.event?.id).toBe(event.id);
  });

  it('says when it has caught up', async () => {
    const subscription = server.client.subscribeToAll({ fromPosition: START });
    subscription.resume();
    await once(subscription, 'caughtUp');
    await subscription.unsubscribe();
  });

  it('refuses a position that is no event', async () => {
    const { position } = await server.client.appendToStream(freshStream('sub-all'), numbered(0));
    if (!position) throw new Error('An append has a position');
    const fromPosition = { commit: position.commit + 1n, prepare: position.prepare + 1n };
    await failureOf(collect(server.client.subscribeToAll({ fromPosition })));
  });

  it('resumes from the position of an append or an event without a gap or a repeat', async () => {
    const stream = freshStream('sub-all');
    const { position } = await server.client.appendToStream(stream, numberedEvents(2));
    if (!position) throw new Error('An append has a position');
    await server.client.appendToStream(stream, numberedEvents(2));
    const events = await collect(server.client.subscribeToAll({ fromPosition: position }), 2);
    expect(revisionsOf(events)).toEqual([2, 3]);
  });
});
