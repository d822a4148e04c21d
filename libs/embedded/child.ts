import { setTimeout as delay } from 'node:timers/promises';
import { ChildRun } from './child-run.js';
import type { ChildOptions } from './child-run.js';

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;
const STABLE_AFTER_MS = 10_000;

/**
 * A child process that is kept alive: when it dies unexpectedly it is started again, on the same port.
 *
 * The child sends `{ ready: { port } }` over IPC when it serves, ends gracefully on SIGTERM, and ends by itself on
 * 'disconnect': the kernel closes the channel however the parent dies.
 */
export class Child {
  private readonly listeners: (() => void)[] = [];
  private readonly stopping = new AbortController();
  private readonly supervision: Promise<void>;

  private constructor(
    private readonly options: ChildOptions,
    private run: ChildRun,
    readonly port: number,
  ) {
    this.supervision = this.supervise();
  }

  /** Starts the child; rejects with its last words when it ends or falls silent before it is ready. */
  static async start(options: ChildOptions): Promise<Child> {
    const run = await ChildRun.start(options);
    return new Child(options, run, await run.ready);
  }

  get pid(): number | undefined {
    return this.run.pid;
  }

  /** Calls `listener` each time the child serves again after an unexpected end. */
  onRestart(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Ends the child and resolves when it has ended: SIGTERM, SIGKILL as the last resort. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.run.stop();
    await this.supervision;
  }

  private async supervise(): Promise<void> {
    const { name, log } = this.options;
    let backoffMs = FIRST_BACKOFF_MS;
    let hasStarted = true;
    while (!this.stopping.signal.aborted) {
      const end = await this.run.ended;
      if (this.stopping.signal.aborted) return;
      // A run that could not even be started leaves the one before it here, which lived long enough.
      if (hasStarted && performance.now() - this.run.startedAtMs > STABLE_AFTER_MS)
        backoffMs = FIRST_BACKOFF_MS;
      log(name, `ended unexpectedly, starts again in ${backoffMs} ms: ${end}`);
      await delay(backoffMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      backoffMs = Math.min(2 * backoffMs, LONGEST_BACKOFF_MS);
      hasStarted = await this.restart();
    }
  }

  /** False when no process could be started. */
  private async restart(): Promise<boolean> {
    if (this.stopping.signal.aborted) return false;
    try {
      this.run = await ChildRun.start(this.options, this.port);
    } catch (error) {
      this.options.log(this.options.name, String(error));
      return false;
    }
    if (this.stopping.signal.aborted) await this.run.stop();
    else await this.run.ready.then(() => this.listeners.forEach((tell) => tell()), this.tellFailure);
    return true;
  }

  private readonly tellFailure = (error: unknown): void => this.options.log(this.options.name, String(error));
}
