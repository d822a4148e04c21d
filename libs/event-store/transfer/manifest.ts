import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import { logIdOf, type LogLine } from './log-line.js';
import { LogDigest } from './log-digest.js';

const shape = z.strictObject({
  manifest: z.strictObject({
    format: z.literal(1),
    /** Of Fourstar, which made the backup. */
    release: z.string(),
    logId: z.string(),
    events: z.int().min(1),
    /** The last event, and where it is on the server that the backup was made from. */
    head: z.strictObject({ eventId: z.string(), position: z.string().regex(/^\d+$/).transform(BigInt) }),
    /** The last link of the chain over the events. */
    chain: z.string(),
    /** SHA-256 over all lines before this one: positions included. */
    lines: z.string(),
  }),
});

/** The last line of a backup: what is in it, and the proof that this is all of it. */
export type Manifest = z.output<typeof shape>['manifest'];

/** Keeps the account of the lines of a backup while they are written or read. */
export class Account {
  private readonly digest = new LogDigest();
  private readonly lines: Hash = createHash('sha256');
  private logId = '';
  private head: Manifest['head'] | undefined;

  /** Throws when the event cannot follow on those before it. */
  add(line: LogLine, text: string): void {
    const { eventId, position } = line.event;
    if (this.head === undefined) this.logId = logIdOf(line.event);
    else if (position <= this.head.position)
      throw new Error(`position ${position} follows position ${this.head.position}`);
    this.digest.add(line);
    this.lines.update(text).update('\n');
    this.head = { eventId, position };
  }

  /** What the manifest has to say about the lines so far. Throws when there are none. */
  close(release: string): Manifest {
    const { digest, logId, head } = this;
    if (!head) throw new Error('the log is empty: there is nothing to back up');
    const { events, chain } = digest;
    return { format: 1, release, logId, events, head, chain, lines: this.lines.copy().digest('hex') };
  }
}

export const manifestText = (manifest: Manifest): string =>
  JSON.stringify({
    manifest: { ...manifest, head: { ...manifest.head, position: `${manifest.head.position}` } },
  });

/** Reads a manifest; undefined when the line is none. */
export function parseManifest(text: string): Manifest | undefined {
  if (!text.startsWith('{"manifest":')) return undefined;
  try {
    return shape.parse(JSON.parse(text)).manifest;
  } catch {
    return undefined;
  }
}
