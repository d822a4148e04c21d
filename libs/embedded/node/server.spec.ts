import { once } from 'node:events';
import { credentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EventStoreDBClient,
  eventTypeFilter,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@eventstore/db-client';
import featuresRpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsRpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { NodeProcess } from '../../../test/conform/node-process.js';
import { collect, failureOf, freshStream, numbered, numberedEvents } from '../../../test/conform/support.js';
import { uuidText } from './codec.js';

/** With credentials the client appends by another call. */
const CREDENTIALS = { username: 'admin', password: 'changeit' };

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

describe('the embedded node', () => {
  it('says of what it does not implement that it does not', async () => {
    const settings = persistentSubscriptionToStreamSettingsFromDefaults();
    const create = client.createPersistentSubscriptionToStream(freshStream(), 'group', settings);
    expect(await failureOf(create)).toMatchObject({ code: status.UNIMPLEMENTED });
    expect(await failureOf(client.listProjections())).toMatchObject({ code: status.UNIMPLEMENTED });
  });

  it('tells the client what it may call', async () => {
    const features = new featuresRpc.ServerFeaturesClient(
      `127.0.0.1:${node.port}`,
      credentials.createInsecure(),
    );
    const supported = await new Promise<SupportedMethods>((resolve, reject) => {
      features.getSupportedMethods(new shared.Empty(), (error, methods) =>
        error ? reject(error) : resolve(methods),
      );
    });
    features.close();
    expect(supported.getEventStoreServerVersion()).toMatch(/^23\.10\./);
    const names = supported.getMethodsList().map((method) => method.getMethodName());
    expect(names.sort()).toEqual(['append', 'batchappend', 'delete', 'read', 'tombstone']);
  });

  it('names a deleted stream in its trailers even if the name is not ASCII', async () => {
    const stream = freshStream('名前 é');
    await client.tombstoneStream(stream);
    const encoded = stream.replace('名前', '%E5%90%8D%E5%89%8D').replace('é', '%C3%A9');
    const deleted = { type: 'stream-deleted', streamName: encoded };
    expect(await failureOf(collect(client.readStream(stream)))).toMatchObject(deleted);
  });

  it.each([
    ['an empty type', freshStream(), { type: '' }],
    ['an empty id', freshStream(), { id: '00000000-0000-0000-0000-000000000000' }],
    ['an id that is none', freshStream(), { id: 'x' }],
    ['an empty stream name', '', {}],
    ['a stream name that is too long', 'x'.repeat(1977), {}],
  ])('refuses %s as an invalid argument', async (_what, stream, fault) => {
    const append = client.appendToStream(stream, { ...numbered(0), ...fault }, { credentials: CREDENTIALS });
    expect(await failureOf(append)).toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('takes the longest stream name, with metadata', async () => {
    const stream = 'x'.repeat(1976);
    await client.appendToStream(stream, numbered(0));
    await client.setStreamMetadata(stream, { truncateBefore: 1 });
    expect(await collect(client.readStream(stream))).toEqual([]);
  });

  it('reads a position that is no event as an invalid argument', async () => {
    const read = (commit: bigint, prepare: bigint) =>
      collect(client.readAll({ fromPosition: { commit, prepare } }));
    for (const [commit, prepare] of [
      [1n, 1n],
      [0n, 1n],
      [2n ** 40n, 2n ** 40n],
    ] as const) {
      expect(await failureOf(read(commit, prepare))).toMatchObject({ code: status.INVALID_ARGUMENT });
    }
  });

  it('gives structured ids to who asks for them', async () => {
    const [stream, event] = [freshStream(), numbered(0)];
    await client.appendToStream(stream, event);
    const raw = new streamsRpc.StreamsClient(`127.0.0.1:${node.port}`, credentials.createInsecure());
    const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
    const from = new streams.ReadReq.Options.StreamOptions()
      .setStreamIdentifier(identifier)
      .setStart(new shared.Empty());
    const options = new streams.ReadReq.Options()
      .setStream(from)
      .setCount('1')
      .setNoFilter(new shared.Empty());
    options.setUuidOption(new streams.ReadReq.Options.UUIDOption().setStructured(new shared.Empty()));
    const [response] = await collect<ReadResp>(raw.read(new streams.ReadReq().setOptions(options)));
    raw.close();
    const id = response?.getEvent()?.getEvent()?.getId();
    expect(id?.hasStructured()).toBe(true);
    expect(uuidText(id)).toBe(event.id);
  });

  it('answers others while it searches the log', async () => {
    for (let i = 0; i < 20; i++) await client.appendToStream(freshStream('long'), numberedEvents(1000));
    const [stream, order] = [freshStream('other'), new Array<string>()];
    await client.appendToStream(stream, numbered(0));
    const filter = eventTypeFilter({ prefixes: ['NoSuchType'], checkpointInterval: 1_000_000 });
    const search = client.subscribeToAll({ filter });
    search.once('caughtUp', () => order.push('searched')).resume();
    const reading = collect(client.readStream(stream)).then(() => order.push('answered'));
    await Promise.all([once(search, 'caughtUp'), reading]);
    await search.unsubscribe();
    expect(order).toEqual(['answered', 'searched']);
  });
});
