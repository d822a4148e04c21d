import { z } from 'zod';
import { decodeRecord, type NewEvent, type RecordedEvent } from './codec.js';
import { LastEvents } from './last-event.js';
import { systemEvent, type AppendOutcome, type Log } from './log.js';
import { metastreamOf } from './metadata.js';
import { hashPassword, isPassword } from './password.js';

const shape = z.object({
  loginName: z.string(),
  fullName: z.string(),
  groups: z.array(z.string()),
  disabled: z.boolean(),
  salt: z.string(),
  hash: z.string(),
});

/** A user as the last event of the stream `$user-<login>` says. */
export interface User extends Readonly<z.infer<typeof shape>> {
  readonly revision: number;
  readonly updatedMs: number;
}

const USERS_STREAM = '$users';
/** A user's record is for administrators to change, whatever the settings say of other system streams. */
const USER_METADATA = '{"$acl":{"$w":"$admins","$d":"$admins","$mw":"$admins"}}';
const streamOf = (login: string): string => `$user-${login}`;
const userNamed = (login: string): NewEvent => ({
  ...systemEvent('$User', login),
  contentType: 'application/octet-stream',
});

/** Somebody else changed the same user at the same time, or the login is taken. */
export class UserConflict extends Error {}

/** The users of a secure node, kept in its log like everything else. */
export class Users {
  private readonly last: LastEvents<User>;

  constructor(private readonly log: Log) {
    this.last = new LastEvents(log, parseUser);
  }

  find(login: string): User | undefined {
    return this.last.of(streamOf(login));
  }

  /** All users that are not deleted, by login. */
  list(): User[] {
    const { id, revision } = this.log.heads.get(USERS_STREAM);
    const logins = new Set<string>();
    for (let at = 0; id !== undefined && at <= revision;) {
      const page = this.log.store.streamPage(id, at, revision);
      for (const { bytes } of page) logins.add(decodeRecord(bytes).data.toString('utf8'));
      at += page.length;
    }
    return [...logins].sort().flatMap((login) => this.find(login) ?? []);
  }

  /** Creates a user; once more with the same password changes nothing. Throws UserConflict if the login is taken. */
  async create(login: string, fullName: string, groups: readonly string[], password: string): Promise<void> {
    const existing = this.find(login);
    if (existing && (await isPassword(password, existing))) return;
    if (existing) throw new UserConflict();
    const record = { loginName: login, fullName, groups, disabled: false, ...(await hashPassword(password)) };
    const { revision } = this.log.heads.get(streamOf(login));
    const metadata = systemEvent('$metadata', USER_METADATA);
    const created = systemEvent('$UserCreated', JSON.stringify(record));
    // Appended in one turn they are stored in one transaction.
    const outcomes = [
      this.log.append(streamOf(login), revision < 0 ? 'no_stream' : revision, [created]),
      this.log.append(metastreamOf(streamOf(login)), 'any', [metadata]),
      this.log.append(USERS_STREAM, 'any', [userNamed(login)]),
    ];
    (await Promise.all(outcomes)).forEach(checkWritten);
  }

  /** Changes what the record says. Throws UserConflict if somebody else does at the same time. */
  async update(user: User, change: Partial<User>): Promise<void> {
    const stream = streamOf(user.loginName);
    const updated = systemEvent('$UserUpdated', JSON.stringify(shape.parse({ ...user, ...change })));
    checkWritten(await this.log.append(stream, user.revision, [updated]));
  }

  async setPassword(user: User, password: string): Promise<void> {
    await this.update(user, await hashPassword(password));
  }

  async remove(user: User): Promise<void> {
    checkWritten(await this.log.softDelete(streamOf(user.loginName), user.revision));
  }
}

function parseUser({ data, revision, createdMs }: RecordedEvent): User {
  return { ...shape.parse(JSON.parse(data.toString('utf8'))), revision, updatedMs: createdMs };
}

function checkWritten(outcome: AppendOutcome): void {
  if (outcome.kind !== 'written') throw new UserConflict();
}
