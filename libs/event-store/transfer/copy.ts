import type { EventStore, NewEvent } from '../store.js';
import { RevisionConflict } from '../ask.js';
import { placeOf, type LogLine } from './log-line.js';
import { linesOf } from './server-log.js';

/** A run must stay below what every server takes in one append, 1 MiB. */
const RUN_BYTES_MAX = 512 * 1024;
const RUN_EVENTS_MAX = 500;

/** The target holds something else than an unfinished copy of this log. Nothing was written to it. */
export class NotEmpty extends Error {
  override readonly name = 'NotEmpty';
}

/** How many of the events were there already, and how many were written now. */
export interface Copied {
  readonly found: number;
  readonly written: number;
}

/**
 * Writes the events of a log into an empty one, or goes on with an unfinished copy of the same log.
 *
 * NOTE: one append at a time, each sent only when the one before it was acknowledged. Events of different streams have
 * nothing but this to keep them in order: the server gives no promise about two appends that are under way at once, of
 * which the first may fail. Neighbours in one stream travel in one append, which the server takes whole or not at all, so that
 * whatever interrupts the copy leaves the beginning of the log and nothing else.
 * @throws NotEmpty when the target holds anything else
 */
export async function copyInto(target: EventStore, lines: AsyncIterable<LogLine>): Promise<Copied> {
  const source = lines[Symbol.asyncIterator]();
  try {
    const found = await skipCopied(target, source);
    let written = 0;
    for await (const run of runsOf(source)) {
      await appendRun(target, run);
      written += run.length;
    }
    return { found, written };
  } finally {
    await source.return?.();
  }
}

/** Passes by what the target has already; how many events that is. */
async function skipCopied(target: EventStore, source: AsyncIterator<LogLine>): Promise<number> {
  let found = 0;
  for await (const { event, content } of linesOf(target)) {
    const { value, done } = await source.next();
    if (done || value.content !== content) {
      const place = done ? 'where the log to be copied has ended' : `instead of ${placeOf(value.event)}`;
      const same = found === 0 ? '' : ` after ${found} events of the same log`;
      throw new NotEmpty(`the target is not empty: it holds ${placeOf(event)}${same}, ${place}`);
    }
    found++;
  }
  return found;
}

/** Neighbours in the log that are in one stream, as far as they fit into one append. */
async function* runsOf(source: AsyncIterator<LogLine>): AsyncGenerator<[LogLine, ...LogLine[]]> {
  let run: [LogLine, ...LogLine[]] | undefined;
  let bytes = 0;
  for (let next = await source.next(); !next.done; next = await source.next()) {
    const line = next.value;
    bytes += Buffer.byteLength(line.content);
    if (
      run &&
      run[0].event.stream === line.event.stream &&
      run.length < RUN_EVENTS_MAX &&
      bytes <= RUN_BYTES_MAX
    ) {
      run.push(line);
      continue;
    }
    if (run) yield run;
    run = [line];
    bytes = Buffer.byteLength(line.content);
  }
  if (run) yield run;
}

async function appendRun(target: EventStore, run: readonly [LogLine, ...LogLine[]]): Promise<void> {
  const [{ event: first }] = run;
  const events = run.map(({ event: { eventId, type, data, metadata } }) => ({
    eventId,
    type,
    data,
    metadata,
  }));
  try {
    // What was read from one log goes into the other as it is, whatever it is.
    await target.append(first.stream, first.revision - 1n, events as NewEvent[]);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    const { actual } = error;
    const there = actual === undefined ? 'elsewhere' : actual < 0n ? 'empty' : `at revision ${actual}`;
    throw new Error(
      `${placeOf(first)} does not follow in the target, where the stream is ${there}: events before it are missing, or somebody else writes there`,
      { cause: error },
    );
  }
}
