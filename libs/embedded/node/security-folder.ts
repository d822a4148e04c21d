import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { makeCertificates } from './certificates.js';
import { filesIn, securityFiles, STANDARD_USERS, type StandardLogin } from './security-files.js';

/** What a secure node needs to serve, from its data folder. */
export interface Security {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** The passwords that were made just now; undefined if they were made at an earlier start. */
  readonly newPasswords: ReadonlyMap<StandardLogin, string> | undefined;
}

/** Opens the folder with the node's certificates and passwords, and makes it at the first start. */
export async function openSecurity(dataDir: string, host: string): Promise<Security> {
  const files = securityFiles(dataDir);
  const newPasswords = existsSync(files.folder) ? undefined : await makeFolder(files.folder, host);
  const [certificate, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
  return { certificate, key, newPasswords };
}

async function makeFolder(folder: string, host: string): Promise<Map<StandardLogin, string>> {
  // Made under another name first, so that a folder that is there is complete.
  const made = filesIn(`${folder}.new`);
  await rm(made.folder, { recursive: true, force: true });
  await mkdir(made.folder, { mode: 0o700 });
  const save = (path: string, content: string): Promise<void> => writeFile(path, content, { mode: 0o600 });
  const { ca, certificate, key } = await makeCertificates([
    ...new Set(['127.0.0.1', '::1', 'localhost', host]),
  ]);
  const passwords = new Map(
    STANDARD_USERS.map(({ login }) => [login, randomBytes(24).toString('base64url')]),
  );
  await Promise.all([
    save(made.ca, ca),
    save(made.certificate, certificate),
    save(made.key, key),
    ...[...passwords].map(([login, password]) => save(made.password(login), password)),
  ]);
  await rename(made.folder, folder);
  return passwords;
}
