import { describe, expect, it } from '@jest/globals';
import { BACKWARDS, END, jsonEvent, type StreamMetadata } from '@eventstore/db-client';
import { server } from '../server.js';
import { allFrom, collect, freshStream, mark, numberedEvents, revisionsOf } from '../support.js';

async function streamWith(count: number, metadata: StreamMetadata): Promise<string> {
  const stream = freshStream('metadata');
  await server.client.appendToStream(stream, numberedEvents(count));
  await server.client.setStreamMetadata(stream, metadata);
  return stream;
}

describe('stream metadata', () => {
  const cases: [string, StreamMetadata, number[]][] = [
    ['$maxCount', { maxCount: 2 }, [3, 4]],
    ['$tb', { truncateBefore: 3 }, [3, 4]],
    ['$maxCount and $tb', { maxCount: 4, truncateBefore: 2 }, [2, 3, 4]],
    ['a long $maxAge', { maxAge: 3600 }, [0, 1, 2, 3, 4]],
    ['values that are not positive', { maxCount: 0, maxAge: -1, truncateBefore: -5 }, [0, 1, 2, 3, 4]],
  ];

  it.each(cases)('%s limits what a stream shows', async (_what, metadata, revisions) => {
    const stream = await streamWith(5, metadata);
    expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual(revisions);
    const backwards = server.client.readStream(stream, { direction: BACKWARDS, fromRevision: END });
    expect(revisionsOf(await collect(backwards))).toEqual([...revisions].reverse());
  });

  it.each([[[]], [{ $maxCount: 'x', $tb: 2 }], [{ $tb: 2, $acl: { $r: 7 } }]])(
    'is none at all when it is malformed as %j',
    async (data) => {
      const stream = await streamWith(3, {});
      await server.client.appendToStream(`$$${stream}`, jsonEvent({ type: '$metadata', data }));
      expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual([0, 1, 2]);
    },
  );

  it('$maxAge hides what is older', async () => {
    const stream = await streamWith(2, { maxAge: 1 });
    const shown = async (): Promise<number> => (await collect(server.client.readStream(stream))).length;
    while ((await shown()) > 0);
    await server.client.appendToStream(stream, numberedEvents(1));
    expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual([2]);
  });

  it('does not change what $all shows', async () => {
    const before = await mark();
    const stream = await streamWith(5, { maxCount: 1 });
    const all = await allFrom(before);
    expect(all.filter(({ event }) => event?.streamId === stream)).toHaveLength(5);
  });

  it('keeps one event in a metadata stream', async () => {
    const stream = await streamWith(1, { maxCount: 1 });
    await server.client.setStreamMetadata(stream, { maxCount: 2 });
    expect(revisionsOf(await collect(server.client.readStream(`$$${stream}`)))).toEqual([1]);
    expect((await server.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 2 });
  });
});
