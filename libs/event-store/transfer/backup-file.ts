import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parseLine, textOf, type LogLine } from './log-line.js';
import { Account, manifestText, parseManifest, type Manifest } from './manifest.js';
import { readLines, writeLines } from './text-lines.js';

/** A backup that is cut, changed, reordered or none at all. */
export class DamagedBackup extends Error {
  override readonly name = 'DamagedBackup';
}

/** Writes a backup of these events, which begin with the first of their log. Answers with its manifest. */
export async function writeBackup(
  path: string,
  events: AsyncIterable<LogLine>,
  release: string,
): Promise<Manifest> {
  let manifest: Manifest | undefined;
  async function* lines(): AsyncGenerator<string> {
    const account = new Account();
    for await (const line of events) {
      const text = textOf(line);
      account.add(line, text);
      yield text;
    }
    manifest = account.close(release);
    yield manifestText(manifest);
  }
  await writeLines(path, lines());
  if (!manifest) throw new Error(`${path} was written without its manifest`);
  return manifest;
}

/**
 * The events of a backup in their order, and its manifest when they have all been read and agree with it. Whoever must not
 * act on a damaged backup reads it to its end first, by `checkBackup`.
 * @throws DamagedBackup
 */
export async function* readBackup(path: string): AsyncGenerator<LogLine, Manifest> {
  if (!existsSync(path)) throw new Error(`there is no ${path}`);
  const account = new Account();
  let manifest: Manifest | undefined;
  let number = 0;
  try {
    for await (const text of readLines(path)) {
      number++;
      if (manifest) throw new Error('there is more after the manifest');
      manifest = parseManifest(text);
      if (manifest) continue;
      const line = parseLine(text);
      if (!line) throw new Error('this is no event');
      account.add(line, text);
      yield line;
    }
    return accepted(manifest, account);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DamagedBackup(`${path} is damaged or no backup of Fourstar (after line ${number}): ${why}`);
  }
}

/** Reads a backup to its end. @throws DamagedBackup */
export async function checkBackup(path: string): Promise<Manifest> {
  const lines = readBackup(path);
  for (;;) {
    const next = await lines.next();
    if (next.done) return next.value;
  }
}

function accepted(manifest: Manifest | undefined, account: Account): Manifest {
  if (!manifest) throw new Error('it has no manifest at its end, so it was cut off');
  const counted = account.close(manifest.release);
  if (!isDeepStrictEqual(counted, manifest))
    throw new Error('its events are not those that its manifest names, so it was changed');
  return manifest;
}
