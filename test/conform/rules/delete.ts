import { describe, expect, it } from '@jest/globals';
import { server } from '../server.js';
import {
  allFrom,
  collect,
  failureOf,
  freshStream,
  mark,
  numbered,
  numberedEvents,
  revisionsOf,
} from '../support.js';

async function streamWith(count: number): Promise<string> {
  const stream = freshStream('delete');
  await server.client.appendToStream(stream, numberedEvents(count));
  return stream;
}

describe('a soft delete', () => {
  it('makes the stream read as if it did not exist', async () => {
    const streamName = await streamWith(2);
    const { position } = await server.client.deleteStream(streamName, { expectedRevision: 1n });
    expect(position?.commit).toBeGreaterThan(0n);
    expect(await failureOf(collect(server.client.readStream(streamName)))).toMatchObject({
      type: 'stream-not-found',
    });
  });

  it.each(['any', 'no_stream', 1n] as const)(
    'is undone by an append expecting %s, whose numbering goes on',
    async (expectedRevision) => {
      const stream = await streamWith(2);
      await server.client.deleteStream(stream);
      const result = await server.client.appendToStream(stream, numberedEvents(2), { expectedRevision });
      expect(result.nextExpectedRevision).toBe(3n);
      expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual([2, 3]);
      expect((await server.client.getStreamMetadata(stream)).metadata).toMatchObject({ truncateBefore: 2 });
    },
  );

  it('leaves nothing that exists', async () => {
    const streamName = await streamWith(2);
    await server.client.deleteStream(streamName);
    const append = server.client.appendToStream(streamName, numbered(2), {
      expectedRevision: 'stream_exists',
    });
    expect(await failureOf(append)).toMatchObject({ type: 'stream-deleted', streamName });
  });

  it('is undone by writing metadata', async () => {
    const stream = await streamWith(2);
    await server.client.deleteStream(stream);
    await server.client.setStreamMetadata(stream, { maxCount: 7 });
    expect(await collect(server.client.readStream(stream))).toEqual([]);
    expect((await server.client.getStreamMetadata(stream)).metadata).toMatchObject({
      maxCount: 7,
      truncateBefore: 2,
    });
  });

  it('keeps the events in $all', async () => {
    const before = await mark();
    const stream = await streamWith(2);
    await server.client.deleteStream(stream);
    const all = await allFrom(before);
    expect(all.filter(({ event }) => event?.streamId === stream)).toHaveLength(2);
  });

  it('is refused at another revision, and for a stream that never was', async () => {
    const streamName = await streamWith(2);
    const wrong = server.client.deleteStream(streamName, { expectedRevision: 5n });
    const details = { type: 'wrong-expected-version', streamName, expectedVersion: 5n, actualVersion: 1n };
    expect(await failureOf(wrong)).toMatchObject(details);
    const missing = server.client.deleteStream(freshStream());
    // The client shows the numbers of this call's trailers: -2 is any, -1 no stream.
    const none = { type: 'wrong-expected-version', expectedVersion: -2n, actualVersion: -1n };
    expect(await failureOf(missing)).toMatchObject(none);
  });
});

describe('a tombstone', () => {
  it('ends a stream for good', async () => {
    const streamName = await streamWith(2);
    await server.client.tombstoneStream(streamName, { expectedRevision: 1n });
    const deleted = { type: 'stream-deleted', streamName };
    expect(await failureOf(collect(server.client.readStream(streamName)))).toMatchObject(deleted);
    expect(await failureOf(server.client.appendToStream(streamName, numbered(0)))).toMatchObject(deleted);
    expect(await failureOf(server.client.deleteStream(streamName))).toMatchObject(deleted);
    expect(await failureOf(server.client.tombstoneStream(streamName))).toMatchObject(deleted);
  });

  it.each(['any', 'no_stream'] as const)(
    'may come before the stream, expecting %s',
    async (expectedRevision) => {
      const streamName = freshStream('tombstone');
      await server.client.tombstoneStream(streamName, { expectedRevision });
      expect(await failureOf(server.client.appendToStream(streamName, numbered(0)))).toMatchObject({
        type: 'stream-deleted',
      });
    },
  );

  it('is an event in $all', async () => {
    const before = await mark();
    const stream = await streamWith(1);
    await server.client.tombstoneStream(stream);
    const all = await allFrom(before);
    const last = all.filter(({ event }) => event?.streamId === stream).at(-1)?.event;
    expect(last).toMatchObject({ type: '$streamDeleted', revision: 9223372036854775807n });
  });

  it('is refused at another revision', async () => {
    const streamName = await streamWith(2);
    const tombstone = server.client.tombstoneStream(streamName, { expectedRevision: 0n });
    expect(await failureOf(tombstone)).toMatchObject({
      type: 'wrong-expected-version',
      streamName,
      actualVersion: 1n,
    });
  });
});
