import { beforeAll, describe, expect, it } from '@jest/globals';
import { BACKWARDS, END, FORWARDS, START, type ReadStreamOptions } from '@eventstore/db-client';
import { server } from '../server.js';
import { collect, failureOf, freshStream, numberedEvents, revisionsOf } from '../support.js';

const stream = freshStream('read');
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

beforeAll(async () => {
  await server.client.appendToStream(stream, numberedEvents(600));
});

describe('reading a stream', () => {
  const cases: [string, ReadStreamOptions, number[]][] = [
    ['forwards from the start', { direction: FORWARDS, fromRevision: START }, range(0, 600)],
    ['forwards from a revision', { direction: FORWARDS, fromRevision: 595n }, range(595, 600)],
    ['at most so many events', { direction: FORWARDS, fromRevision: 10n, maxCount: 3 }, range(10, 13)],
    ['forwards from beyond the last revision', { direction: FORWARDS, fromRevision: 600n }, []],
    ['backwards from the end', { direction: BACKWARDS, fromRevision: END }, range(0, 600).reverse()],
    ['backwards from a revision', { direction: BACKWARDS, fromRevision: 3n }, [3, 2, 1, 0]],
    ['only the last event', { direction: BACKWARDS, fromRevision: END, maxCount: 1 }, [599]],
    ['backwards from the start', { direction: BACKWARDS, fromRevision: START }, [0]],
  ];

  it.each(cases)('%s', async (_what, options, revisions) => {
    expect(revisionsOf(await collect(server.client.readStream(stream, options)))).toEqual(revisions);
  });

  it('tells that there is no such stream', async () => {
    const streamName = freshStream('missing');
    const read = collect(server.client.readStream(streamName));
    expect(await failureOf(read)).toMatchObject({ type: 'stream-not-found', streamName });
  });

  it('gives every event its position in the log, strictly increasing', async () => {
    const events = await collect(server.client.readStream(stream));
    const positions = events.map(({ event }) => event?.position?.commit ?? -1n);
    events.forEach(({ event }) => expect(event?.position?.prepare).toBe(event?.position?.commit));
    positions.slice(1).forEach((position, i) => expect(position).toBeGreaterThan(positions[i] ?? 0n));
  });
});
