import { chmod, mkdir, readFile } from 'node:fs/promises';

/** Whether this process may change its uid, and must for Postgres, which refuses to run as root. */
export const isRoot = process.getuid?.() === 0;

const STATE_FOLDER = '/var/lib/fourstar';

/** Where root keeps what an unprivileged uid has to reach: a checkout under root's home (mode 700) is closed to it. */
export async function openStateFolder(): Promise<string> {
  await mkdir(STATE_FOLDER, { recursive: true });
  // Root's umask may be 077.
  await chmod(STATE_FOLDER, 0o755);
  return STATE_FOLDER;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user whom root's Postgres runs as; undefined when we are not root, and Postgres simply runs as we do.
 *
 * Postgres itself runs under any uid, but initdb looks its uid up and gives up on one without a passwd entry
 * ("could not look up effective user ID"). So that no entry has to be made, it is the one that every system has.
 */
export async function findOwner(): Promise<Owner | undefined> {
  if (!isRoot) return undefined;
  const nobody = (await readFile('/etc/passwd', 'utf8')).match(/^nobody:[^:]*:(\d+):(\d+):/m);
  if (nobody === null) throw new Error('As root, Postgres needs the user nobody in /etc/passwd to run as');
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
}
