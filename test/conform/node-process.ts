import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { securityFiles } from '#embedded/node/security-files';

const MAIN = fileURLToPath(new URL('../../dist/libs/embedded/node/main.js', import.meta.url));

export const temporaryDir = (): string => mkdtempSync(join(tmpdir(), 'embedded-node-'));

/** The embedded node as a child process, the way its parent starts it. */
export class NodeProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly dataDir: string,
    readonly port: number,
    private readonly secure: boolean,
    private readonly errors: readonly string[],
  ) {}

  /** Starts a node and waits until it can be dialled. Rejects with what it said if it ends instead. */
  static async start(
    dataDir = temporaryDir(),
    args: readonly string[] = [],
    options: SpawnOptions = {},
  ): Promise<NodeProcess> {
    const child = spawnNode(dataDir, args, options);
    const errors: string[] = [];
    child.stderr?.on('data', (text: Buffer) => errors.push(text.toString('utf8')));
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve(readyPort(message)));
      child.once('close', (code) => reject(new Error(`exit ${code}: ${errors.join('').trim()}`)));
    });
    return new NodeProcess(child, dataDir, port, args.includes('--secure'), errors);
  }

  get url(): string {
    if (!this.secure) return `esdb://127.0.0.1:${this.port}?tls=false`;
    const { ca, password } = securityFiles(this.dataDir);
    const credentials = `admin:${readFileSync(password('admin'), 'utf8')}`;
    return `esdb://${credentials}@127.0.0.1:${this.port}?tls=true&tlsCAFile=${encodeURIComponent(ca)}`;
  }

  /** What the process has written to its stderr. */
  get said(): string {
    return this.errors.join('');
  }

  /** The memory that the process has of its own now, in bytes; the pages of the log's file do not count. */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Ends the process with a signal and resolves to its exit code, or null if the signal itself ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
    return this.child.exitCode;
  }

  /** Ends the process and removes its data. */
  async remove(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export interface SpawnOptions {
  /** How large the node's files may become, in the shell's blocks: a full disk for this process alone. */
  readonly fileBlocks?: number;
}

/** Starts a node and does not wait for it. */
export function spawnNode(
  dataDir: string,
  args: readonly string[] = [],
  { fileBlocks }: SpawnOptions = {},
): ChildProcess {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: build it with "npx nest build standalone"`);
  const limited = `ulimit -S -f ${fileBlocks}; exec "${process.execPath}" "$0" "$@"`;
  return fork(MAIN, ['--data-dir', dataDir, ...args], {
    silent: true,
    // Jest's own flags are not the node's.
    env: { PATH: process.env['PATH'] },
    ...(fileBlocks === undefined ? { execArgv: [] } : { execPath: '/bin/sh', execArgv: ['-c', limited] }),
  });
}

function readyPort(message: unknown): number {
  // The child's protocol: its first message says that it is ready.
  return (message as { ready: { port: number } }).ready.port;
}
