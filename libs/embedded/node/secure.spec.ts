import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { credentials, status } from '@grpc/grpc-js';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, type Credentials } from '@eventstore/db-client';
import { UsersClient } from '@eventstore/db-client/generated/users_grpc_pb.js';
import messages from '@eventstore/db-client/generated/users_pb.js';
import { NodeProcess } from '../../../test/conform/node-process.js';
import { server } from '../../../test/conform/server.js';
import { collect, failureOf, freshStream, numbered } from '../../../test/conform/support.js';
import { UsersAs } from '../../../test/conform/users-client.js';
import { securityFiles } from './security-files.js';

/** What cannot be asked of a server that is somebody else's: the settings are everybody's, and nodes are started again. */
server.use('secure');
const user: Credentials = { username: 'user', password: randomUUID() };
const denied = { type: 'access-denied', code: status.PERMISSION_DENIED };

beforeAll(() => new UsersAs(server.credentials).create(user, ['staff']));

describe('the settings', () => {
  const set = (data: Record<string, Record<string, string | number | string[]>>) =>
    server.client.appendToStream('$settings', jsonEvent({ type: '$settings', data }));
  const append = (stream: string) => server.client.appendToStream(stream, numbered(0), { credentials: user });
  const read = (stream: string) => collect(server.client.readStream(stream, { credentials: user }));
  afterEach(() => set({}));

  it('change the default of each right for itself', async () => {
    await set({
      $userStreamAcl: { $w: 'nobody' },
      $systemStreamAcl: { $r: ['staff', '$admins'], $w: 'staff' },
    });
    const [stream, systemStream] = [freshStream(), `$${freshStream()}`];
    expect(await failureOf(append(stream))).toMatchObject(denied);
    await server.client.appendToStream(stream, numbered(0));
    expect(await read(stream)).toHaveLength(1);
    await append(systemStream);
    expect(await read(systemStream)).toHaveLength(1);
    expect(await failureOf(server.client.deleteStream(systemStream, { credentials: user }))).toMatchObject(
      denied,
    );
    // The whole log is one of the system's streams.
    await collect(server.client.readAll({ credentials: user, maxCount: 1 }));
  });

  it('come after the list of the stream itself', async () => {
    await set({ $userStreamAcl: { $w: 'nobody' } });
    const stream = freshStream();
    await server.client.setStreamMetadata(stream, { acl: { writeRoles: ['staff'] } });
    await append(stream);
  });

  it('say nothing when they are malformed', async () => {
    await set({ $userStreamAcl: { $w: 7 } });
    await append(freshStream());
  });
});

it('lets nobody delete a metadata stream', async () => {
  const stream = freshStream();
  await server.client.setStreamMetadata(stream, { maxCount: 1 });
  expect(await failureOf(server.client.deleteStream(`$$${stream}`))).toMatchObject(denied);
});

it('says of a refused append by BatchAppend which it was, and goes on with the others', async () => {
  const others = EventStoreDBClient.connectionString(
    server.url.replace(/\/\/.*@/, `//user:${user.password}@`),
  );
  try {
    const appends = [freshStream(), `$${freshStream()}`, freshStream()].map((stream) =>
      others.appendToStream(stream, numbered(0)),
    );
    const outcomes = await Promise.allSettled(appends);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await failureOf(appends[1] ?? Promise.resolve())).toMatchObject({ type: 'access-denied' });
  } finally {
    await others.dispose();
  }
});

describe('a secure node that is started again', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function start(dataDir?: string): Promise<NodeProcess> {
    const node = await NodeProcess.start(dataDir, ['--secure']);
    cleanUps.push(() => node.remove());
    return node;
  }

  async function appendTo(url: string): Promise<void> {
    const client = EventStoreDBClient.connectionString(url);
    cleanUps.push(() => client.dispose());
    await client.appendToStream(freshStream(), numbered(0));
  }

  it('is known by the same certificate and password', async () => {
    const first = await start();
    const ca = readFileSync(securityFiles(first.dataDir).ca);
    await first.end();
    const second = await start(first.dataDir);
    expect(readFileSync(securityFiles(second.dataDir).ca)).toEqual(ca);
    await appendTo(second.url);
  });

  it('makes new certificates and passwords when they are lost', async () => {
    const first = await start();
    const before = readFileSync(securityFiles(first.dataDir).password('admin'), 'utf8');
    await first.end();
    rmSync(securityFiles(first.dataDir).folder, { recursive: true });
    const second = await start(first.dataDir);
    expect(readFileSync(securityFiles(second.dataDir).password('admin'), 'utf8')).not.toBe(before);
    await appendTo(second.url);
  }, 60_000);
});

it('has no users when it is plain, and says that it does not implement them', async () => {
  const node = await NodeProcess.start();
  const users = new UsersClient(`127.0.0.1:${node.port}`, credentials.createInsecure());
  try {
    expect(await failureOf(collect(users.details(new messages.DetailsReq())))).toMatchObject({
      code: status.UNIMPLEMENTED,
    });
  } finally {
    users.close();
    await node.remove();
  }
});
