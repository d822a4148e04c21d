import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import type { Credentials } from '@eventstore/db-client';
import { server } from '../server.js';
import { collect, failureOf, freshStream, numbered } from '../support.js';
import { UsersAs } from '../users-client.js';

const newUser = (): Credentials => ({ username: `conform-${randomUUID()}`, password: randomUUID() });
const admin = (): UsersAs => new UsersAs(server.credentials);

/** Whether these credentials open the server. */
async function opens(credentials: Credentials): Promise<boolean> {
  const append = server.client.appendToStream(freshStream('user'), numbered(0), { credentials });
  return append.then(
    () => true,
    (error: unknown) => {
      expect(error).toMatchObject({ type: 'access-denied', code: status.UNAUTHENTICATED });
      return false;
    },
  );
}

(server.kind === 'secure' ? describe : describe.skip)('a user', () => {
  it('is created with a name and groups, and is shown with them', async () => {
    const user = newUser();
    await admin().create(user, ['readers', 'writers']);
    expect(await opens(user)).toBe(true);
    const details = { loginName: user.username, fullName: `Full ${user.username}`, disabled: false };
    expect(await admin().details(user.username)).toMatchObject([
      { ...details, groupsList: ['readers', 'writers'] },
    ]);
    const all = (await admin().details()).map(({ loginName }) => loginName);
    expect(all).toEqual(expect.arrayContaining(['admin', 'ops', user.username]));
  });

  it('is created once more with the same password, and not with another', async () => {
    const user = newUser();
    await admin().create(user);
    await admin().create(user);
    const failure = await failureOf(admin().create({ ...user, password: 'another' }));
    expect(failure).toMatchObject({ code: status.FAILED_PRECONDITION });
    expect(trailerOf(failure, 'exception')).toBe('user-conflict');
    expect(trailerOf(failure, 'login-name')).toBe(user.username);
  });

  it('is updated', async () => {
    const user = newUser();
    await admin().create(user, ['readers']);
    await admin().update(user.username, 'Another Name', ['writers']);
    const updated = { fullName: 'Another Name', groupsList: ['writers'], disabled: false };
    expect(await admin().details(user.username)).toMatchObject([updated]);
  });

  it('is disabled and enabled', async () => {
    const user = newUser();
    await admin().create(user);
    await admin().disable(user.username);
    expect(await admin().details(user.username)).toMatchObject([{ disabled: true }]);
    expect(await opens(user)).toBe(false);
    await admin().enable(user.username);
    expect(await opens(user)).toBe(true);
  });

  it('is deleted, and may be created again', async () => {
    const user = newUser();
    await admin().create(user);
    await admin().delete(user.username);
    expect(await opens(user)).toBe(false);
    const failure = await failureOf(admin().details(user.username));
    expect(failure).toMatchObject({ code: status.NOT_FOUND });
    expect(trailerOf(failure, 'exception')).toBe('user-not-found');
    await admin().create(user);
    expect(await opens(user)).toBe(true);
  });

  it('changes his password if he knows it', async () => {
    const user = newUser();
    await admin().create(user);
    const wrong = new UsersAs(user).changePassword(user.username, 'wrong', 'new');
    expect(await failureOf(wrong)).toMatchObject({ code: status.PERMISSION_DENIED });
    await new UsersAs(user).changePassword(user.username, user.password, 'new');
    expect(await opens(user)).toBe(false);
    expect(await opens({ ...user, password: 'new' })).toBe(true);
  });

  it('gets another password from an administrator', async () => {
    const user = newUser();
    await admin().create(user);
    await admin().resetPassword(user.username, 'reset');
    expect(await opens(user)).toBe(false);
    expect(await opens({ ...user, password: 'reset' })).toBe(true);
  });

  it('who is no administrator keeps no users', async () => {
    const user = newUser();
    await admin().create(user);
    const denied = { code: status.PERMISSION_DENIED };
    const { username } = user;
    expect(await failureOf(new UsersAs(user).create(newUser()))).toMatchObject(denied);
    expect(await failureOf(new UsersAs(user).update(username, 'Me', ['$admins']))).toMatchObject(denied);
    expect(await failureOf(new UsersAs(user).disable(username))).toMatchObject(denied);
    expect(await failureOf(new UsersAs(user).resetPassword(username, 'mine'))).toMatchObject(denied);
    expect(await failureOf(new UsersAs(user).delete(username))).toMatchObject(denied);
  });

  it('that does not exist cannot be changed', async () => {
    const { username } = newUser();
    const notFound = { code: status.NOT_FOUND };
    expect(await failureOf(admin().update(username, 'No one', []))).toMatchObject(notFound);
    expect(await failureOf(admin().disable(username))).toMatchObject(notFound);
  });

  it('is a stream that does not tell his password', async () => {
    const user = newUser();
    await admin().create(user);
    const events = await collect(server.client.readStream(`$user-${user.username}`));
    expect(events).toHaveLength(1);
    expect(
      JSON.stringify(events, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toMatch(user.password);
  });
});

function trailerOf(error: unknown, name: string): unknown {
  // Errors of gRPC calls carry their trailers.
  return (error as { metadata: { get(name: string): unknown[] } }).metadata.get(name)[0];
}
