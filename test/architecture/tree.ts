import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const repository = join(import.meta.dirname, '../..');

/** Path -> text of the files of a small repository. */
export type Files = Readonly<Record<string, string>>;

/** Runs `use` in a throw-away repository that has this one's settings and packages, and only `files` as its code. */
export async function inTree<T>(files: Files, use: (root: string) => Promise<T>): Promise<T> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'fourstar-tree-')));
  try {
    await cp(join(repository, 'tsconfig.json'), join(root, 'tsconfig.json'));
    await writeFile(join(root, 'package.json'), JSON.stringify(await manifestFor(files)));
    await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return await use(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

/** This repository's package.json, with the imports that the folders of `files` need. */
async function manifestFor(files: Files): Promise<object> {
  const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as object;
  const folders = Object.keys(files).flatMap((path) => /^libs\/([^/]+)\//.exec(path)?.[1] ?? []);
  const imports = folders.map((folder) => [`#${folder}/*`, { source: `./libs/${folder}/*.ts` }] as const);
  return { ...manifest, imports: Object.fromEntries(imports) };
}
