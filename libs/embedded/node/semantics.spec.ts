import { once } from 'node:events';
import { credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EventStoreDBClient,
  jsonEvent,
  streamNameFilter,
  type EventData,
  type Position,
} from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsRpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { NodeProcess } from '../../../test/conform/node-process.js';
import {
  collect,
  failureOf,
  freshStream,
  numbered,
  numberedEvents,
  revisionsOf,
} from '../../../test/conform/support.js';

/** What a real server of 23.10 does and no documented rule says: the node does the same, other servers need not. */
let node: NodeProcess;
let client: EventStoreDBClient;

beforeAll(async () => {
  node = await NodeProcess.start();
  client = EventStoreDBClient.connectionString(node.url);
});
afterAll(async () => {
  await client.dispose();
  await node.remove();
});

const metadataEvent = (json: string, contentType = 'application/json'): EventData =>
  // The client would write an object as JSON; here the JSON itself is to be malformed.
  ({ ...jsonEvent({ type: '$metadata', data: {} }), contentType, data: Buffer.from(json) }) as EventData;

describe('stream metadata', () => {
  it('that are not marked as JSON say nothing', async () => {
    const stream = freshStream();
    await client.appendToStream(stream, numberedEvents(3));
    await client.appendToStream(`$$${stream}`, metadataEvent('{"$maxCount":1}', 'application/octet-stream'));
    expect(revisionsOf(await collect(client.readStream(stream)))).toEqual([0, 1, 2]);
  });

  it('end with their stream', async () => {
    const stream = freshStream();
    await client.setStreamMetadata(stream, { maxCount: 3 });
    await client.tombstoneStream(stream);
    expect(await failureOf(client.getStreamMetadata(stream))).toMatchObject({ type: 'stream-deleted' });
    const write = client.setStreamMetadata(stream, { maxCount: 4 });
    expect(await failureOf(write)).toMatchObject({ type: 'stream-deleted' });
  });

  it('hide nothing that is new from a subscription', async () => {
    const stream = freshStream();
    await client.appendToStream(stream, numberedEvents(3));
    await client.setStreamMetadata(stream, { maxCount: 1 });
    const subscription = client.subscribeToStream(stream);
    const received = collect(subscription, 5);
    await once(subscription, 'caughtUp');
    await client.appendToStream(stream, numberedEvents(4));
    expect(revisionsOf(await received)).toEqual([2, 3, 4, 5, 6]);
  });

  it('do not come back to a subscription that was live before they hid them', async () => {
    const stream = freshStream();
    await client.appendToStream(stream, numberedEvents(3));
    await client.deleteStream(stream);
    const subscription = client.subscribeToStream(stream);
    const received = collect(subscription, 1);
    await once(subscription, 'caughtUp');
    await client.appendToStream(stream, numbered(3));
    expect(revisionsOf(await received)).toEqual([3]);
  });
});

describe('a filter', () => {
  it('counts what it considers for the next checkpoint anew when it is live', async () => {
    const { position } = await client.appendToStream(freshStream(), numbered(0));
    if (!position) throw new Error('An append has a position');
    await client.appendToStream(freshStream(), numberedEvents(7));
    const checkpoints: Position[] = [];
    let reached = (): void => undefined;
    const first = new Promise<void>((resolve) => (reached = resolve));
    const filter = streamNameFilter({
      prefixes: ['no-such-stream'],
      maxSearchWindow: 5,
      checkpointInterval: 2,
      checkpointReached: (_subscription, at) => {
        checkpoints.push(at);
        reached();
      },
    });
    const subscription = client.subscribeToAll({ fromPosition: position, filter });
    subscription.resume();
    await once(subscription, 'caughtUp');
    expect(checkpoints).toEqual([]);
    const stream = freshStream();
    await client.appendToStream(stream, numberedEvents(12));
    await first;
    await subscription.unsubscribe();
    const tenth = (await collect(client.readStream(stream)))[9]?.event?.position;
    expect(checkpoints).toEqual([tenth]);
  });

  it('that would take for ever is decided all the same', async () => {
    const stream = `${'a'.repeat(60)}!`;
    await client.appendToStream(stream, numbered(0));
    const filter = streamNameFilter({ regex: '^(a+)+!$' });
    const never = streamNameFilter({ regex: '^(a+)+$' });
    const search = client.subscribeToAll({ filter: never });
    search.resume();
    await once(search, 'caughtUp');
    await search.unsubscribe();
    expect(await collect(client.subscribeToAll({ filter }), 1)).toHaveLength(1);
  });

  it('that is no regular expression is an invalid argument that says so', async () => {
    const subscription = client.subscribeToAll({ filter: streamNameFilter({ regex: '(' }) });
    const failure = await failureOf(collect(subscription));
    expect(failure).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(String(failure)).toMatch('not a regular expression');
  });
});

describe('Append', () => {
  it.each([
    ['type', { 'content-type': 'application/json' }],
    ['content-type', { type: 'Untyped' }],
  ])('names the properties that an event needs when it has no %s', async (missing, properties) => {
    const raw = new streamsRpc.StreamsClient(`127.0.0.1:${node.port}`, credentials.createInsecure());
    const failure = await new Promise<ServiceError | null>((resolve) => {
      const call = raw.append(new Metadata(), resolve);
      const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(freshStream()));
      const options = new streams.AppendReq.Options()
        .setStreamIdentifier(identifier)
        .setAny(new shared.Empty());
      call.write(new streams.AppendReq().setOptions(options));
      const event = new streams.AppendReq.ProposedMessage().setId(
        new shared.UUID().setString(numbered(0).id),
      );
      for (const [name, value] of Object.entries(properties)) event.getMetadataMap().set(name, value);
      call.write(new streams.AppendReq().setProposedMessage(event));
      call.end();
    });
    raw.close();
    expect(failure).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(failure?.details).toMatch(`'${missing}'`);
    expect(failure?.metadata.get('exception')).toEqual(['missing-required-metadata-property']);
    expect(failure?.metadata.get('required-metadata-properties')).toEqual(['type,content-type']);
  });
});
