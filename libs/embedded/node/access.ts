import { z } from 'zod';
import { accessListShape, type AccessList } from './access-list.js';
import { LastEvents } from './last-event.js';
import type { Log } from './log.js';
import { isMetastream, originalOf } from './metadata.js';
import type { User } from './users.js';

export type Action = 'read' | 'write' | 'delete';

const EVERYBODY = ['$all'];
const ADMINS = ['$admins'];
const listOf = (roles: readonly string[]): Record<keyof AccessList, readonly string[]> => ({
  $r: roles,
  $w: roles,
  $d: roles,
  $mr: roles,
  $mw: roles,
});
/** What applies where neither the stream nor the settings say anything, by whether the stream is the system's. */
const DEFAULTS = { $userStreamAcl: listOf(EVERYBODY), $systemStreamAcl: listOf(ADMINS) };

const settingsShape = z
  .object({ $userStreamAcl: accessListShape, $systemStreamAcl: accessListShape })
  .partial();
const SETTINGS_STREAM = '$settings';

export const isAdmin = ({ loginName, groups }: User): boolean =>
  loginName === 'admin' || groups.includes('$admins');

/** Who may do what with which stream: the access lists of EventStoreDB 23.10 (`LegacyStreamPermissionAssertion`). */
export class Access {
  private readonly settings: LastEvents<z.infer<typeof settingsShape>>;

  constructor(private readonly log: Log) {
    this.settings = new LastEvents(log, ({ data }) => parseSettings(data.toString('utf8')));
  }

  /** Whether the user may do that with the stream; `$all` is a stream here too. */
  allows(user: User, action: Action, stream: string): boolean {
    const right = rightOf(action, isMetastream(stream));
    if (right === undefined || (stream === '$all' && action !== 'read')) return false;
    if (isAdmin(user)) return true;
    const roles = this.rolesOf(right, isMetastream(stream) ? originalOf(stream) : stream);
    return roles.some((role) => role === '$all' || role === user.loginName || user.groups.includes(role));
  }

  /** The stream's own list comes before the settings, and these before the defaults; each right for itself. */
  private rolesOf(right: keyof AccessList, stream: string): readonly string[] {
    const kind = stream.startsWith('$') ? '$systemStreamAcl' : '$userStreamAcl';
    const own = this.log.heads.get(stream).metadata.accessList;
    return own?.[right] ?? this.settings.of(SETTINGS_STREAM)?.[kind]?.[right] ?? DEFAULTS[kind][right];
  }
}

/** A metadata stream has rights of its own, and goes only with the stream that it describes. */
function rightOf(action: Action, ofMetadata: boolean): keyof AccessList | undefined {
  if (action === 'read') return ofMetadata ? '$mr' : '$r';
  if (action === 'write') return ofMetadata ? '$mw' : '$w';
  return ofMetadata ? undefined : '$d';
}

/** Settings that are malformed say nothing. */
function parseSettings(json: string): z.infer<typeof settingsShape> {
  try {
    return settingsShape.parse(JSON.parse(json));
  } catch {
    return {};
  }
}
