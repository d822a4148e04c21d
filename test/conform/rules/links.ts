import { describe, expect, it } from '@jest/globals';
import { binaryEvent, type ResolvedEvent, type StreamMetadata } from '@eventstore/db-client';
import { server } from '../server.js';
import { collect, freshStream, numberedEvents } from '../support.js';

async function streamOfThree(metadata?: StreamMetadata): Promise<string> {
  const stream = freshStream('target');
  await server.client.appendToStream(stream, numberedEvents(3));
  if (metadata) await server.client.setStreamMetadata(stream, metadata);
  return stream;
}

/** What a reader gets for a link to this target, such as `1@stream`. */
async function readLink(target: string, resolveLinkTos: boolean): Promise<ResolvedEvent | undefined> {
  const stream = freshStream('links');
  await server.client.appendToStream(stream, binaryEvent({ type: '$>', data: Buffer.from(target) }));
  return (await collect(server.client.readStream(stream, { resolveLinkTos })))[0];
}

describe('a link', () => {
  it('is followed if that is asked for', async () => {
    const target = await streamOfThree();
    const resolved = await readLink(`1@${target}`, true);
    expect(resolved?.event).toMatchObject({ streamId: target, revision: 1n });
    expect(resolved?.link).toMatchObject({ type: '$>', revision: 0n });
    expect(resolved?.commitPosition).toBe(resolved?.link?.position?.commit);
  });

  it('stays an event of its own if not', async () => {
    const unresolved = await readLink(`1@${await streamOfThree()}`, false);
    expect(unresolved).toMatchObject({ event: { type: '$>' } });
    expect(unresolved?.link).toBeUndefined();
  });

  const unreadable: [string, () => Promise<string>][] = [
    ['is missing', async () => Promise.resolve(`0@${freshStream()}`)],
    ['is beyond its stream', async () => `9@${await streamOfThree()}`],
    ['is cut off by $tb', async () => `0@${await streamOfThree({ truncateBefore: 2 })}`],
    ['is cut off by $maxCount', async () => `1@${await streamOfThree({ maxCount: 1 })}`],
    [
      'is soft-deleted',
      async () => {
        const stream = await streamOfThree();
        await server.client.deleteStream(stream);
        return `0@${stream}`;
      },
    ],
    [
      'is tombstoned',
      async () => {
        const stream = await streamOfThree();
        await server.client.tombstoneStream(stream);
        return `0@${stream}`;
      },
    ],
  ];

  it.each(unreadable)('comes without its target if that %s', async (_what, target) => {
    const resolved = await readLink(await target(), true);
    expect(resolved?.event).toBeUndefined();
    expect(resolved?.link).toMatchObject({ type: '$>' });
  });

  it('comes without its target if that is older than $maxAge', async () => {
    const target = await streamOfThree({ maxAge: 1 });
    while ((await collect(server.client.readStream(target))).length > 0);
    expect((await readLink(`2@${target}`, true))?.event).toBeUndefined();
  });

  it('that says nothing is delivered as it is', async () => {
    const resolved = await readLink('nonsense', true);
    expect(resolved).toMatchObject({ event: { type: '$>' } });
    expect(resolved?.link).toBeUndefined();
  });
});
