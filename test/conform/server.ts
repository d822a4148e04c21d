import { readFileSync } from 'node:fs';
import { afterAll, beforeAll } from '@jest/globals';
import { EventStoreDBClient, type Credentials } from '@eventstore/db-client';
import { credentials, Metadata, type ChannelCredentials } from '@grpc/grpc-js';
import { NodeProcess } from './node-process.js';

export type Kind = 'plain' | 'secure';

/** The server under test: the one at CONFORM_URL, else an embedded node of this suite's own. */
class Server {
  kind: Kind = 'plain';
  private given: { readonly url: string; readonly client: EventStoreDBClient } | undefined;

  /** Makes the server available to the tests of the file that calls this. */
  use(kind: Kind): void {
    this.kind = kind;
    let node: NodeProcess | undefined;
    beforeAll(async () => {
      const url =
        process.env['CONFORM_URL'] ??
        (node = await NodeProcess.start(undefined, kind === 'secure' ? ['--secure'] : [])).url;
      this.given = { url, client: EventStoreDBClient.connectionString(url) };
    });
    afterAll(async () => {
      await this.given?.client.dispose();
      await node?.remove();
    });
  }

  get client(): EventStoreDBClient {
    return this.started.client;
  }

  get url(): string {
    return this.started.url;
  }

  /** Those of the connection string. A plain server gets some too: the client keeps them to itself, and appends by another call. */
  get credentials(): Credentials {
    const { username, password } = new URL(this.url);
    if (!username) return { username: 'admin', password: 'changeit' };
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  }

  /** The first host of the connection string, for calls that the client does not offer. */
  get channel(): [address: string, credentials: ChannelCredentials] {
    const { host, searchParams } = new URL(this.url);
    if (this.kind === 'plain') return [host, credentials.createInsecure()];
    const ca = searchParams.get('tlsCAFile');
    return [host, credentials.createSsl(ca === null ? null : readFileSync(ca))];
  }

  private get started(): { readonly url: string; readonly client: EventStoreDBClient } {
    if (!this.given) throw new Error('The server is started by beforeAll');
    return this.given;
  }
}

export const server = new Server();

/** The metadata by which a call says whose it is. */
export function basic({ username, password }: Credentials): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  return metadata;
}
