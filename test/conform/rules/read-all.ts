import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  BACKWARDS,
  END,
  FORWARDS,
  START,
  type AllStreamRecordedEvent,
  type Position,
} from '@eventstore/db-client';
import { server } from '../server.js';
import { allFrom, collect, failureOf, freshStream, mark, numbered, numberedEvents } from '../support.js';

const stream = freshStream('all');
let mine: AllStreamRecordedEvent[] = [];

const positionAt = (index: number): Position => {
  const event = mine.at(index);
  if (!event) throw new Error('There is no such event');
  return event.position;
};

beforeAll(async () => {
  const before = await mark();
  await server.client.appendToStream(stream, numberedEvents(40));
  const all = await allFrom(before);
  mine = all.flatMap(({ event }) => (event?.streamId === stream ? [event] : []));
});

describe('reading $all', () => {
  it('holds every event once, in order', () => {
    expect(mine.map(({ revision }) => Number(revision))).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('shows system events', async () => {
    await server.client.setStreamMetadata(stream, { maxAge: 3600 });
    const all = await allFrom(positionAt(0));
    expect(all.map(({ event }) => event?.streamId)).toContain(`$$${stream}`);
  });

  it('includes the position it starts from going forwards', async () => {
    const options = { direction: FORWARDS, fromPosition: positionAt(5), maxCount: 2 } as const;
    const ids = (await collect(server.client.readAll(options))).map(({ event }) => event?.id);
    expect(ids).toEqual([mine[5]?.id, mine[6]?.id]);
  });

  it('excludes the position it starts from going backwards', async () => {
    const options = { direction: BACKWARDS, fromPosition: positionAt(5), maxCount: 2 } as const;
    const ids = (await collect(server.client.readAll(options))).map(({ event }) => event?.id);
    expect(ids).toEqual([mine[4]?.id, mine[3]?.id]);
  });

  it('goes backwards from the end through the same events', async () => {
    const newest = numbered(99);
    await server.client.appendToStream(freshStream('all'), newest);
    const backwards = await collect(
      server.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 40 }),
    );
    const forwards = await allFrom(positionAt(0));
    const ids = backwards.map(({ event }) => event?.id);
    expect(ids).toContain(newest.id);
    expect(forwards.map(({ event }) => event?.id).slice(-ids.length)).toEqual(ids.reverse());
  });

  it('finds nothing after the end and before the start', async () => {
    expect(await collect(server.client.readAll({ direction: FORWARDS, fromPosition: END }))).toEqual([]);
    expect(await collect(server.client.readAll({ direction: BACKWARDS, fromPosition: START }))).toEqual([]);
  });

  it('refuses a position that is no event', async () => {
    const { commit } = positionAt(5);
    const fromPosition = { commit: commit + 1n, prepare: commit + 1n };
    await failureOf(collect(server.client.readAll({ fromPosition })));
  });
});
