import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** What every process of the system has said, kept in a file each. */
export class Outputs {
  private readonly suspect: string[] = [];

  constructor(private readonly folder: string) {}

  /** Takes the lines of one process. */
  of(name: string): (line: string) => void {
    return (line) => {
      appendFileSync(join(this.folder, `${name}.log`), `${line}\n`);
      if (!isExplained(line)) this.suspect.push(`${name}: ${line}`);
    };
  }

  /** What nothing explains since the last look: errors, stacks, rejections that nobody handled. */
  unexplained(): string[] {
    return this.suspect.splice(0);
  }
}

const PINO_ERROR = 50;

/** What an application says in plain words: where it serves, and why it could not start while a store was away. */
const plain = [
  /^\S+ at http:\/\/127\.0\.0\.1:\d+, documented at /,
  /^No issuer is configured/,
  /^and, where a second person must act/,
  /^the event store does not answer$/,
  /^no answer to the append to \S+$/,
  /^Connection terminated\b/,
  /^terminating connection due to (administrator command|idle-in-transaction timeout)$/,
  /^Postgres has been silent for \d+ ms$/,
  /^timeout exceeded when trying to connect$/,
  /^(read ECONNRESET|write EPIPE)$/,
  /^connect ECONNREFUSED\b/,
  /^the database system is (starting up|shutting down|in recovery mode)$/,
];

function isExplained(line: string): boolean {
  if (!line.startsWith('{')) return plain.some((words) => words.test(line));
  // A line of pino's, of which only the level is looked at.
  const { level } = JSON.parse(line) as { level: number };
  return level < PINO_ERROR;
}
