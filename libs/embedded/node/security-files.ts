import { join } from 'node:path';

/** The users that a secure node makes for itself, as a real server does; each with its group of the same purpose. */
export const STANDARD_USERS = [
  { login: 'admin', fullName: 'Event Store Administrator', group: '$admins' },
  { login: 'ops', fullName: 'Event Store Operations', group: '$ops' },
] as const;

export type StandardLogin = (typeof STANDARD_USERS)[number]['login'];

/** Where a secure node keeps what it made at its first start; all of it is for its owner's eyes only. */
export interface SecurityFiles {
  readonly folder: string;
  /** By this certificate clients recognise the node. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly password: (login: StandardLogin) => string;
}

export function securityFiles(dataDir: string): SecurityFiles {
  return filesIn(join(dataDir, 'security'));
}

export function filesIn(folder: string): SecurityFiles {
  return {
    folder,
    ca: join(folder, 'ca.pem'),
    certificate: join(folder, 'server.pem'),
    key: join(folder, 'server-key.pem'),
    password: (login) => join(folder, `${login}.password`),
  };
}
