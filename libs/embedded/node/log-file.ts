import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** LMDB's magic number, and where its files have it. */
const MAGIC = 0xbeefc0de;
const MAGIC_OFFSET = 24;

/**
 * The path of the log in a data folder, which is created if it is missing. LMDB crashes on files that are not its own
 * or that it may not write, so that is found out before.
 */
export function usableLogFile(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true });
  accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  const path = join(dataDir, 'log.mdb');
  for (const file of [path, `${path}-lock`]) {
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  }
  if (existsSync(path) && !isLogFile(path)) throw new Error(`${path} is not a log of this node`);
  return path;
}

function isLogFile(path: string): boolean {
  const file = openSync(path, 'r');
  const header = Buffer.alloc(MAGIC_OFFSET + 4);
  const length = readSync(file, header);
  closeSync(file);
  return length === 0 || header.readUInt32LE(MAGIC_OFFSET) === MAGIC;
}
