import { createHmac, randomBytes } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';
import type { Access, Action } from './access.js';
import { accessDenied, authenticationFailed } from './errors.js';
import { isPassword } from './password.js';
import { RecentMap } from './recent.js';
import type { User, Users } from './users.js';

/** Whoever makes a call. */
export interface Caller {
  /** Throws a CallFailure unless the caller may do that with the stream. */
  check(action: Action, stream: string): void;
}

/** Stands before every call that touches streams. */
export interface Guard {
  /** Who makes the call, by its metadata. Rejects with a CallFailure if the credentials are wrong. */
  admit(metadata: Metadata): Promise<Caller>;
}

/** The guard of a plain node: the client would not even send credentials over an insecure connection. */
export const OPEN: Guard = {
  admit: () => Promise.resolve({ check: () => undefined }),
};

const REMEMBERED = 1000;
const BASIC = /^Basic ([A-Za-z0-9+/]+=*)$/i;

/** The guard of a secure node: basic credentials and access lists. */
export class SecureGuard implements Guard {
  /** Credentials that were found right, by a keyed hash, with the record of the user that they were compared with. */
  private readonly verified = new RecentMap<User>(REMEMBERED);
  private readonly hashKey = randomBytes(32);

  constructor(
    private readonly users: Users,
    private readonly access: Access,
  ) {}

  async admit(metadata: Metadata): Promise<Caller> {
    const user = await this.authenticate(metadata);
    return {
      check: (action, stream) => {
        if (!user || !this.access.allows(user, action, stream)) throw accessDenied();
      },
    };
  }

  /** The user whose credentials a call carries; undefined if it carries none. Rejects if they are wrong. */
  async authenticate(metadata: Metadata): Promise<User | undefined> {
    const [authorization] = metadata.get('authorization');
    if (authorization === undefined) return undefined;
    const [, basic = ''] = BASIC.exec(String(authorization)) ?? [];
    const [, login = '', password = ''] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
    const user = this.users.find(login);
    if (!user || user.disabled || !(await this.isRight(basic, password, user))) throw authenticationFailed();
    return user;
  }

  /** A password is derived once, not for every call; a changed record of the user is another object. */
  private async isRight(basic: string, password: string, user: User): Promise<boolean> {
    const key = createHmac('sha256', this.hashKey).update(basic).digest('base64');
    if (this.verified.get(key) === user) return true;
    if (!(await isPassword(password, user))) return false;
    this.verified.set(key, user);
    return true;
  }
}
