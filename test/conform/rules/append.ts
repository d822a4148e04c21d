import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { binaryEvent, jsonEvent } from '@eventstore/db-client';
import { server } from '../server.js';
import {
  BOTH_APPENDS,
  collect,
  failureOf,
  freshStream,
  numbered,
  numberedEvents,
  revisionsOf,
} from '../support.js';

describe.each(BOTH_APPENDS)('append by %s', (_rpc, options) => {
  it.each(['any', 'no_stream'] as const)(
    'writes to a new stream when %s is expected',
    async (expectedRevision) => {
      const stream = freshStream();
      const result = await server.client.appendToStream(stream, numberedEvents(2), {
        ...options,
        expectedRevision,
      });
      expect(result).toMatchObject({ success: true, nextExpectedRevision: 1n });
      const events = await collect(server.client.readStream(stream));
      expect(revisionsOf(events)).toEqual([0, 1]);
      expect(result.position).toEqual(events[1]?.event?.position);
    },
  );

  it.each([
    ['stream_exists', 'stream_exists'],
    [4n, 4n],
  ] as const)('refuses a new stream when %s is expected', async (expectedRevision, expectedVersion) => {
    const streamName = freshStream();
    const append = server.client.appendToStream(streamName, numbered(0), { ...options, expectedRevision });
    const wrong = { type: 'wrong-expected-version', streamName, expectedVersion, actualVersion: 'no_stream' };
    expect(await failureOf(append)).toMatchObject(wrong);
  });

  it.each(['any', 'stream_exists', 2n] as const)(
    'writes to three events when %s is expected',
    async (expectedRevision) => {
      const stream = freshStream();
      await server.client.appendToStream(stream, numberedEvents(3), options);
      const result = await server.client.appendToStream(stream, numbered(3), {
        ...options,
        expectedRevision,
      });
      expect(result.nextExpectedRevision).toBe(3n);
    },
  );

  it.each(['no_stream', 0n, 5n] as const)(
    'refuses three events when %s is expected',
    async (expectedRevision) => {
      const streamName = freshStream();
      await server.client.appendToStream(streamName, numberedEvents(3), options);
      const append = server.client.appendToStream(streamName, numbered(3), { ...options, expectedRevision });
      const wrong = {
        type: 'wrong-expected-version',
        streamName,
        expectedVersion: expectedRevision,
        actualVersion: 2n,
      };
      expect(await failureOf(append)).toMatchObject(wrong);
      expect(revisionsOf(await collect(server.client.readStream(streamName)))).toEqual([0, 1, 2]);
    },
  );

  it('finds a stream that has only metadata to exist', async () => {
    const stream = freshStream();
    await server.client.setStreamMetadata(stream, { maxCount: 9 });
    const append = server.client.appendToStream(stream, numbered(0), {
      ...options,
      expectedRevision: 'stream_exists',
    });
    await expect(append).resolves.toMatchObject({ nextExpectedRevision: 0n });
  });

  it.each(['any', 'stream_exists', 'no_stream', 0n] as const)(
    'does once what is asked twice, expecting %s',
    async (expectedRevision) => {
      const stream = freshStream();
      if (expectedRevision !== 'no_stream') await server.client.appendToStream(stream, numbered(0), options);
      const events = numberedEvents(3);
      const first = await server.client.appendToStream(stream, events, { ...options, expectedRevision });
      await server.client.appendToStream(stream, numbered(9), options);
      const second = await server.client.appendToStream(stream, events, { ...options, expectedRevision });
      expect(second).toEqual(first);
      const stored = await collect(server.client.readStream(stream));
      expect(stored.map(({ event }) => event?.id)).toHaveLength(expectedRevision === 'no_stream' ? 4 : 5);
    },
  );

  it.each(['any', 'no_stream'] as const)(
    'refuses a mixture of old and new events, expecting %s',
    async (expectedRevision) => {
      const stream = freshStream();
      const events = numberedEvents(2);
      await server.client.appendToStream(stream, events, options);
      const mixture = [...events, numbered(2)];
      const append = server.client.appendToStream(stream, mixture, { ...options, expectedRevision });
      expect(await failureOf(append)).toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
    },
  );

  it('takes the same event ids in different streams', async () => {
    const event = numbered(0);
    for (const stream of [freshStream(), freshStream()]) {
      const result = await server.client.appendToStream(stream, event, options);
      expect(result.nextExpectedRevision).toBe(0n);
      expect(await collect(server.client.readStream(stream))).toHaveLength(1);
    }
  });

  it('keeps data, metadata, type, id and content type as they are', async () => {
    const stream = freshStream('ünïcødé-名前');
    const json = {
      id: randomUUID(),
      type: 'Jsön',
      data: { text: 'é名前', list: [1, null] },
      metadata: { actor: 'ä' },
    };
    const binary = {
      id: randomUUID(),
      type: 'Binary',
      data: Uint8Array.of(0, 255, 128),
      metadata: Uint8Array.of(0xff, 1),
    };
    const before = Date.now();
    await server.client.appendToStream(stream, [jsonEvent(json), binaryEvent(binary)], options);
    const [first, second] = (await collect(server.client.readStream(stream))).map(({ event }) => event);
    expect(first).toMatchObject({ ...json, isJson: true, streamId: stream, revision: 0n });
    expect(second).toMatchObject({ id: binary.id, type: 'Binary', isJson: false, revision: 1n });
    expect(Array.from(second?.data as Uint8Array)).toEqual([0, 255, 128]);
    expect(Array.from(second?.metadata as Uint8Array)).toEqual([0xff, 1]);
    // The server's clock may be another machine's.
    expect(Math.abs((first?.created.getTime() ?? 0) - before)).toBeLessThan(60_000);
  });

  it('refuses more than the maximum append size and stores nothing of it', async () => {
    const streamName = freshStream();
    const half = (): ReturnType<typeof jsonEvent> =>
      jsonEvent({ type: 'Large', data: { text: 'x'.repeat(600_000) } });
    await server.client.appendToStream(streamName, half(), options);
    const append = server.client.appendToStream(streamName, [half(), half()], options);
    expect(await failureOf(append)).toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1024 * 1024,
    });
    expect(await collect(server.client.readStream(streamName))).toHaveLength(1);
  });

  it.each([
    ['an empty type', freshStream(), { type: '' }],
    ['an empty id', freshStream(), { id: '00000000-0000-0000-0000-000000000000' }],
    ['an empty stream name', '', {}],
    ['the stream name $$', '$$', {}],
  ])('refuses %s', async (_what, stream, fault) => {
    await failureOf(server.client.appendToStream(stream, { ...numbered(0), ...fault }, options));
  });

  it('accepts an append of no events', async () => {
    const append = server.client.appendToStream(freshStream(), [], options);
    await expect(append).resolves.toMatchObject({ success: true });
  });

  it('gives concurrent appends to one stream contiguous revisions', async () => {
    const stream = freshStream();
    const appends = Array.from({ length: 50 }, () =>
      server.client.appendToStream(stream, numberedEvents(2), options),
    );
    const revisions = (await Promise.all(appends)).map(({ nextExpectedRevision }) =>
      Number(nextExpectedRevision),
    );
    expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i + 1));
    expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  it('lets one of two win that expect the same revision', async () => {
    const stream = freshStream();
    const rivals = [0, 1].map((n) =>
      server.client.appendToStream(stream, numbered(n), { ...options, expectedRevision: 'no_stream' }),
    );
    const outcomes = await Promise.allSettled(rivals);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('BatchAppend', () => {
  it('answers that time is up when the deadline has passed', async () => {
    const append = server.client.appendToStream(freshStream(), numbered(0), { deadline: -60_000 });
    expect(await failureOf(append)).toMatchObject({ type: 'deadline-exceeded' });
  });

  it('puts together what the client sends in several messages', async () => {
    const stream = freshStream();
    const result = await server.client.appendToStream(stream, numberedEvents(100), { batchAppendSize: 500 });
    expect(result.nextExpectedRevision).toBe(99n);
    expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });
});
