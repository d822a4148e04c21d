import { describe, expect, it } from '@jest/globals';
import { BACKWARDS, END, jsonEvent, type StreamMetadata } from '@eventstore/db-client';
import { collect, freshStream, numberedEvents, revisionsOf, useServer } from './support.js';

const server = useServer();

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
    ['values that make no sense', { maxCount: 0, maxAge: -1, truncateBefore: -5 }, [0, 1, 2, 3, 4]],
  ];

  it.each(cases)('%s limits what a stream shows', async (_what, metadata, revisions) => {
    const stream = await streamWith(5, metadata);
    expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual(revisions);
    const backwards = server.client.readStream(stream, { direction: BACKWARDS, fromRevision: END });
    expect(revisionsOf(await collect(backwards))).toEqual([...revisions].reverse());
  });

  it('$maxAge hides what is older', async () => {
    const stream = await streamWith(2, { maxAge: 1 });
    const shown = async (): Promise<number> => (await collect(server.client.readStream(stream))).length;
    while ((await shown()) > 0);
    await server.client.appendToStream(stream, numberedEvents(1));
    expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual([2]);
  });

  it('does not change what $all shows', async () => {
    const stream = await streamWith(5, { maxCount: 1 });
    const all = await collect(server.client.readAll());
    expect(all.filter(({ event }) => event?.streamId === stream)).toHaveLength(5);
  });

  it('keeps one event in a metadata stream', async () => {
    const stream = await streamWith(1, { maxCount: 1 });
    await server.client.setStreamMetadata(stream, { maxCount: 2 });
    expect(revisionsOf(await collect(server.client.readStream(`$$${stream}`)))).toEqual([1]);
    expect((await server.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 2 });
  });
});

describe('a link', () => {
  async function linkTo(target: string): Promise<string> {
    const stream = freshStream('links');
    await server.client.appendToStream(stream, {
      ...jsonEvent({ type: '$>', data: {} }),
      ...rawData(target),
    });
    return stream;
  }
  const rawData = (text: string): object => ({
    contentType: 'application/octet-stream',
    data: Buffer.from(text),
  });

  it('is followed if that is asked for', async () => {
    const target = await streamWith(3, {});
    const [resolved] = await collect(
      server.client.readStream(await linkTo(`1@${target}`), { resolveLinkTos: true }),
    );
    expect(resolved?.event).toMatchObject({ streamId: target, revision: 1n });
    expect(resolved?.link).toMatchObject({ type: '$>', revision: 0n });
    expect(resolved?.commitPosition).toBe(resolved?.link?.position?.commit);
  });

  it('stays an event of its own if not', async () => {
    const target = await streamWith(3, {});
    const [unresolved] = await collect(server.client.readStream(await linkTo(`1@${target}`)));
    expect(unresolved).toMatchObject({ event: { type: '$>' } });
    expect(unresolved?.link).toBeUndefined();
  });

  it.each([
    ['is missing', async () => `0@${freshStream()}`],
    ['is cut off', async () => `0@${await streamWith(3, { truncateBefore: 2 })}`],
    ['is beyond its stream', async () => `9@${await streamWith(3, {})}`],
  ])('comes without its target if that %s', async (_what, target) => {
    const [resolved] = await collect(
      server.client.readStream(await linkTo(await target()), { resolveLinkTos: true }),
    );
    expect(resolved?.event).toBeUndefined();
    expect(resolved?.link).toMatchObject({ type: '$>' });
  });

  it('that says nothing is delivered as it is', async () => {
    const [resolved] = await collect(
      server.client.readStream(await linkTo('nonsense'), { resolveLinkTos: true }),
    );
    expect(resolved).toMatchObject({ event: { type: '$>' } });
    expect(resolved?.link).toBeUndefined();
  });
});
