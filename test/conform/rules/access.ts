import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  EventStoreDBClient,
  streamNameFilter,
  type Credentials,
  type StreamMetadata,
} from '@eventstore/db-client';
import { server } from '../server.js';
import { BOTH_APPENDS, collect, failureOf, freshStream, numbered } from '../support.js';
import { UsersAs } from '../users-client.js';

const member: Credentials = { username: `member-${randomUUID()}`, password: randomUUID() };
const stranger: Credentials = { username: `stranger-${randomUUID()}`, password: randomUUID() };
const GROUP = `group-${randomUUID()}`;
const denied = { type: 'access-denied', code: status.PERMISSION_DENIED };

async function streamFor(acl: StreamMetadata['acl'], prefix = ''): Promise<string> {
  const stream = `${prefix}${freshStream('access')}`;
  await server.client.appendToStream(stream, numbered(0));
  if (acl) await server.client.setStreamMetadata(stream, { acl });
  return stream;
}

const read = (stream: string, credentials: Credentials): Promise<unknown> =>
  collect(server.client.readStream(stream, { credentials }));
const append = (stream: string, credentials: Credentials): Promise<unknown> =>
  server.client.appendToStream(stream, numbered(1), { credentials });

(server.kind === 'secure' ? describe : describe.skip)('access', () => {
  beforeAll(async () => {
    const users = new UsersAs(server.credentials);
    await users.create(member, [GROUP]);
    await users.create(stranger);
  });

  it.each([
    ['a wrong password', () => ({ ...member, password: 'wrong' })],
    ['an unknown user', () => ({ username: randomUUID(), password: 'x' })],
  ])('is refused to %s', async (_what, credentials) => {
    const stream = await streamFor(undefined);
    const unauthenticated = { type: 'access-denied', code: status.UNAUTHENTICATED };
    expect(await failureOf(read(stream, credentials()))).toMatchObject(unauthenticated);
    expect(await failureOf(append(stream, credentials()))).toMatchObject(unauthenticated);
  });

  it('is refused to those who do not say who they are', async () => {
    const stream = await streamFor(undefined);
    const anonymous = EventStoreDBClient.connectionString(server.url.replace(/\/\/.*@/, '//'));
    try {
      expect(await failureOf(collect(anonymous.readStream(stream)))).toMatchObject({ type: 'access-denied' });
      expect(await failureOf(collect(anonymous.subscribeToStream(stream)))).toMatchObject({
        type: 'access-denied',
      });
      const written = anonymous.appendToStream(stream, numbered(1));
      expect(await failureOf(written)).toMatchObject({ type: 'access-denied' });
    } finally {
      await anonymous.dispose();
    }
  });

  it('to a stream of users is everybody’s by default', async () => {
    const stream = await streamFor(undefined);
    await append(stream, stranger);
    await read(stream, stranger);
    await server.client.setStreamMetadata(stream, { maxCount: 5 }, { credentials: stranger });
    await server.client.getStreamMetadata(stream, { credentials: stranger });
    await server.client.deleteStream(stream, { credentials: stranger });
  });

  it('to a stream of the system is the administrators’ by default', async () => {
    const stream = await streamFor(undefined, '$');
    expect(await failureOf(read(stream, stranger))).toMatchObject(denied);
    expect(await failureOf(append(stream, stranger))).toMatchObject(denied);
    await read(stream, server.credentials);
  });

  it('to $all is the administrators’', async () => {
    const options = { credentials: stranger, maxCount: 1 };
    expect(await failureOf(collect(server.client.readAll(options)))).toMatchObject(denied);
    const filter = streamNameFilter({ prefixes: ['conform'] });
    const subscription = server.client.subscribeToAll({ credentials: stranger, filter });
    expect(await failureOf(collect(subscription))).toMatchObject(denied);
  });

  it.each(BOTH_APPENDS)('to write to $all is nobody’s, by %s', async (_rpc, options) => {
    const written = server.client.appendToStream('$all', numbered(0), options);
    expect(await failureOf(written)).toMatchObject({ type: 'access-denied' });
  });

  it('to delete $all is nobody’s', async () => {
    expect(await failureOf(server.client.deleteStream('$all'))).toMatchObject(denied);
    expect(await failureOf(server.client.tombstoneStream('$all'))).toMatchObject(denied);
  });

  const roles: [string, () => string][] = [
    ['a user', () => member.username],
    ['a group', () => GROUP],
  ];
  describe.each(roles)('by the list of a stream, to %s', (_what, role) => {
    it('reading', async () => {
      const stream = await streamFor({ readRoles: [role()] });
      await read(stream, member);
      expect(await failureOf(read(stream, stranger))).toMatchObject(denied);
      const subscription = server.client.subscribeToStream(stream, { credentials: stranger });
      expect(await failureOf(collect(subscription))).toMatchObject(denied);
      await append(stream, stranger);
    });

    it('writing', async () => {
      const stream = await streamFor({ writeRoles: [role()] });
      await append(stream, member);
      expect(await failureOf(append(stream, stranger))).toMatchObject(denied);
      await read(stream, stranger);
    });

    it('deleting', async () => {
      const stream = await streamFor({ deleteRoles: [role()] });
      const options = { credentials: stranger };
      expect(await failureOf(server.client.deleteStream(stream, options))).toMatchObject(denied);
      expect(await failureOf(server.client.tombstoneStream(stream, options))).toMatchObject(denied);
      await server.client.deleteStream(stream, { credentials: member });
    });

    it('reading and writing metadata', async () => {
      const acl = { metaReadRoles: [role()], metaWriteRoles: [role()] };
      const stream = await streamFor(acl);
      const options = { credentials: stranger };
      expect(await failureOf(server.client.getStreamMetadata(stream, options))).toMatchObject(denied);
      const written = server.client.setStreamMetadata(stream, { acl }, options);
      expect(await failureOf(written)).toMatchObject(denied);
      await server.client.getStreamMetadata(stream, { credentials: member });
      await server.client.setStreamMetadata(stream, { acl }, { credentials: member });
    });
  });

  it('passes by no list for administrators', async () => {
    const nobody = [randomUUID()];
    const stream = await streamFor({ readRoles: nobody, writeRoles: nobody, deleteRoles: nobody });
    await append(stream, server.credentials);
    await read(stream, server.credentials);
    await server.client.deleteStream(stream, { credentials: server.credentials });
  });

  it('may be opened to a stream of the system', async () => {
    const stream = await streamFor({ readRoles: ['$all'] }, '$');
    await read(stream, stranger);
    expect(await failureOf(append(stream, stranger))).toMatchObject(denied);
  });
});
