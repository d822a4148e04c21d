import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { endOrphan, recordProcess } from './process-record.js';

/** Takes each line that a child writes, so that nothing it says is lost. `source` is the child's name. */
export type Log = (source: string, line: string) => void;

export interface ChildOptions {
  readonly name: string;
  /** The built file to run. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** An existing folder which only this child uses; handed to it as `--data-dir`, and its record lies there. */
  readonly dataDir: string;
  readonly log: Log;
  /** How long the child may say nothing at all before it is ready. */
  readonly silenceLimitMs?: number;
  /** How long the child may take to end after SIGTERM. */
  readonly stopLimitMs?: number;
}

const readyMessage = z.object({ ready: z.object({ port: z.number().int() }) });

/** One life of a child process, from spawn to exit. */
export class ChildRun {
  readonly startedAtMs = performance.now();
  /** How the process ended, with the last lines of its stderr. */
  readonly ended: Promise<string>;
  /** The port that the child serves; rejects when it ends or falls silent before. */
  readonly ready: Promise<number>;
  private readonly process: ChildProcess;
  private readonly lastLines: string[] = [];

  /** Ends what an earlier run left behind, then starts the child: on `port`, or on one that it picks. */
  static async start(options: ChildOptions, port?: number): Promise<ChildRun> {
    const record = join(options.dataDir, 'child.json');
    await endOrphan(record, 'SIGTERM');
    return new ChildRun(options, record, port);
  }

  private constructor(
    private readonly options: ChildOptions,
    record: string,
    port: number | undefined,
  ) {
    const args = ['--data-dir', options.dataDir, ...(options.args ?? [])];
    if (port !== undefined) args.push('--port', String(port));
    this.process = spawn(process.execPath, [options.entry, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // In a session of its own the child does not get the terminal's Ctrl-C, so stores outlive their users.
      detached: true,
    });
    try {
      if (this.process.pid !== undefined) recordProcess(record, this.process.pid);
    } catch (error) {
      // A process without a record is one that nobody would ever end.
      this.process.kill('SIGKILL');
      throw error;
    }
    this.ended = new Promise((resolve) => {
      this.process.once('error', (error) => resolve(error.message));
      this.process.once('close', (code, signal) => resolve(this.describeEnd(code, signal)));
    });
    this.ready = this.untilReady();
    // Who stops a starting child no longer waits for it.
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Asks the child to end, and ends it when it does not. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    const lastResort = setTimeout(() => this.process.kill('SIGKILL'), this.options.stopLimitMs ?? 30_000);
    await this.ended;
    clearTimeout(lastResort);
  }

  private untilReady(): Promise<number> {
    const { name, silenceLimitMs = 30_000 } = this.options;
    return new Promise((resolve, reject) => {
      const silence = setTimeout(() => {
        reject(new Error(`${name} said nothing for ${silenceLimitMs} ms${this.quoteLastLines()}`));
        void this.stop();
      }, silenceLimitMs);
      this.forward(this.process.stdout, () => silence.refresh());
      this.forward(this.process.stderr, (line) => {
        silence.refresh();
        this.lastLines.push(line);
        if (this.lastLines.length > 20) this.lastLines.shift();
      });
      this.process.on('message', (message) => {
        const parsed = readyMessage.safeParse(message);
        if (!parsed.success) return;
        clearTimeout(silence);
        resolve(parsed.data.ready.port);
      });
      void this.ended.then((end) => {
        clearTimeout(silence);
        reject(new Error(`${name} did not start: ${end}`));
      });
    });
  }

  private forward(stream: Readable | null, seen: (line: string) => void): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      seen(line);
      this.options.log(this.options.name, line);
    });
  }

  private describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
    return `${signal === null ? `exit code ${code}` : `ended by ${signal}`}${this.quoteLastLines()}`;
  }

  private quoteLastLines(): string {
    return this.lastLines.length === 0 ? '' : `\n${this.lastLines.join('\n')}`;
  }
}
