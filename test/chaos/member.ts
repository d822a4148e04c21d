import { setTimeout as pause } from 'node:timers/promises';
import { startApp, type App } from '../support/apps.js';
import type { Target } from '../support/load.js';
import { until } from '../support/projecting.js';
import type { Proxy } from './proxy.js';

export type Kind = 'commands' | 'projections' | 'timers' | 'queries';

interface MemberOptions {
  readonly name: string;
  readonly kind: Kind;
  readonly env: Readonly<Record<string, string>>;
  readonly heard: (line: string) => void;
  /** Its own ways to the two stores. */
  readonly toNode: Proxy;
  readonly toPostgres: Proxy;
}

const RESTART_MS = 100;
const RETURN_MS = 60_000;

/** One application process under a supervisor, who starts it again on the same port whenever it has ended, as an init system does. */
export class Member {
  private stopped = false;
  private supervision: Promise<void> = Promise.resolve();

  private constructor(
    readonly options: MemberOptions,
    private app: App,
  ) {
    this.supervision = this.supervise();
  }

  static async start(options: MemberOptions): Promise<Member> {
    return new Member(options, await startApp(options.kind, { env: options.env, heard: options.heard }));
  }

  /** Where it serves, or served until it ended. */
  get target(): Target {
    return this.app;
  }

  get pid(): number {
    return this.app.pid;
  }

  /** Sends a signal to the process, and waits until it has ended when that is what the signal does. */
  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    // Between its end and its next start there is nobody to send it to.
    await until(() => !this.app.exited, undefined, RETURN_MS);
    const { app } = this;
    process.kill(app.pid, signal);
    if (signal === 'SIGKILL') await app.ended;
  }

  /** For good, and without asking: a process that hangs must not keep the verdict on it from being told. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.app.kill();
    await this.supervision;
  }

  private async supervise(): Promise<void> {
    const { kind, env, heard } = this.options;
    const port = new URL(this.app.url).port;
    while (!this.stopped) {
      await this.app.ended;
      while (!this.stopped) {
        await pause(RESTART_MS);
        const started = await startApp(kind, { env: { ...env, PORT: port }, heard }).catch(() => undefined);
        if (started === undefined) continue;
        this.app = started;
        if (this.stopped) await started.kill();
        break;
      }
    }
  }
}
