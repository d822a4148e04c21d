import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The built file of a child process, named from libs/embedded, such as `postgres/keeper.js`. Children always run
 * from the build, also when their parent runs from source under Jest: plain Node reads no TypeScript.
 */
export function builtEntry(path: string): string {
  const here = fileURLToPath(import.meta.url);
  const folder = here.endsWith('.ts') ? join(dirname(here), '../../dist/libs/embedded') : dirname(here);
  return join(folder, path);
}
