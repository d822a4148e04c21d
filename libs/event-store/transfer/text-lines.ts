import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const CHUNK_LENGTH = 64 * 1024;

/** The lines of a compressed text file. Throws when it is cut off or is none. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = file.pipe(createGunzip());
  // A pipe does not hand on errors; a missing file must end the reading like a damaged one.
  file.on('error', (error) => text.destroy(error));
  let rest = '';
  try {
    // Not by `readline`, which also breaks lines at U+2028, as it may stand in any text.
    for await (const chunk of text.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    file.destroy();
  }
  if (rest) yield rest;
}

/** Writes lines to a compressed file that is there whole or not at all, whatever interrupts the writing. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  // Two that write the same file at once must not write into each other: the last to end is the one that stays.
  const draft = `${path}.${process.pid}.partial`;
  const file = createWriteStream(draft, { mode: 0o600, flush: true });
  try {
    await pipeline(Readable.from(chunksOf(lines)), createGzip(), file);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}

/** Each write to the compressor costs a trip to another thread: lines travel together. */
async function* chunksOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
