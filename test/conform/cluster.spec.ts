import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { collect, freshStream, numberedEvents, useServer } from './support.js';

const server = useServer();

describe('a single node', () => {
  it('is found through gossip', async () => {
    const client = EventStoreDBClient.connectionString(server.url.replace(/^esdb:/, 'esdb+discover:'));
    const stream = freshStream('discover');
    await client.appendToStream(stream, numberedEvents(2), { requiresLeader: true });
    expect(await collect(client.readStream(stream))).toHaveLength(2);
    await client.dispose();
  });
});
