import { createHash } from 'node:crypto';
import type { LogLine } from './log-line.js';

/**
 * Counts events and chains them: each link is SHA-256 over the link before it and the event's content. Two logs with the
 * same chain hold the same events in the same order, on whatever servers.
 */
export class LogDigest {
  events = 0;
  private link = Buffer.alloc(0);

  add({ content }: LogLine): void {
    this.events++;
    this.link = createHash('sha256').update(this.link).update(content).digest();
  }

  /** The last link in hexadecimal, empty for no event. */
  get chain(): string {
    return this.link.toString('hex');
  }
}
