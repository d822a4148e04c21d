import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { basic, server } from '../server.js';
import { collect, freshStream, numberedEvents } from '../support.js';

const LEADER = 8;

describe('the leader', () => {
  it('is found through gossip', async () => {
    const client = EventStoreDBClient.connectionString(server.url.replace(/^(\w+):/, '$1+discover:'));
    const stream = freshStream('discover');
    await client.appendToStream(stream, numberedEvents(2));
    expect(await collect(client.readStream(stream))).toHaveLength(2);
    await client.dispose();
  });

  it('says in gossip what it is and where it can be dialled', async () => {
    const gossip = new GossipClient(...server.channel);
    const info = await new Promise<ClusterInfo>((resolve, reject) => {
      gossip.read(new shared.Empty(), basic(server.credentials), (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
    gossip.close();
    const leader = info.getMembersList().find((member) => Number(member.getState()) === LEADER);
    expect(leader?.getIsAlive()).toBe(true);
    expect(leader?.getHttpEndPoint()?.getPort()).toBeGreaterThan(0);
  });

  it('does what is asked of a leader only', async () => {
    const stream = freshStream('leader');
    const requiresLeader = true;
    await server.client.appendToStream(stream, numberedEvents(2), { requiresLeader });
    const { credentials } = server;
    await server.client.appendToStream(stream, numberedEvents(2), { requiresLeader, credentials });
    expect(await collect(server.client.readStream(stream, { requiresLeader }))).toHaveLength(4);
    await server.client.deleteStream(stream, { requiresLeader });
  });

  it('names its version and the calls that it knows', async () => {
    const features = new ServerFeaturesClient(...server.channel);
    const supported = await new Promise<SupportedMethods>((resolve, reject) => {
      features.getSupportedMethods(new shared.Empty(), basic(server.credentials), (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
    features.close();
    expect(supported.getEventStoreServerVersion()).toMatch(/^\d+\.\d+/);
    const streams = supported
      .getMethodsList()
      .filter((method) => method.getServiceName() === 'event_store.client.streams.streams');
    expect(streams.map((method) => method.getMethodName())).toEqual(
      expect.arrayContaining(['read', 'batchappend']),
    );
  });
});
