import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './projecting.js';

/** A built application in a process of its own. */
export interface App {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /** How it ended, once it has. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  stop(): Promise<void>;
  /** SIGKILL, by pid. */
  kill(): Promise<void>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** Applications always run from the build, also when their starter runs from source under Jest. */
const built = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist' : '../..', import.meta.url),
);
const living = new Set<App>();

/** Starts `dist/apps/<name>/main.js` and resolves when it serves; rejects with its last words when it does not. */
export async function startApp(name: string, { env = {}, args = [] }: StartOptions = {}): Promise<App> {
  const child = spawn(process.execPath, [join(built, 'apps', name, 'main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: '0',
      LOG_LEVEL: process.env['LOG'] ?? 'error',
      ...env,
    },
  });
  const { url, token } = await serving(name, child);
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  const pid = child.pid ?? 0;
  const app = { name, url, token, pid, ended, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
  living.add(app);
  void ended.then(() => living.delete(app));
  return app;
}

/** Ends whatever a test that failed half way left running. */
export async function stopApps(): Promise<void> {
  await Promise.all([...living].map((app) => app.stop()));
}

function serving(name: string, child: ChildProcess): Promise<{ url: string; token: string }> {
  const lines: string[] = [];
  let token = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (process.env['LOG']) process.stderr.write(`${name}: ${line}\n`);
        token = /development token: (\S+)/.exec(line)?.[1] ?? token;
        const url = /^\S+ (?:serves )?at (http:\/\/[\w.:[\]]+)/.exec(line)?.[1];
        if (url) resolve({ url, token });
      });
    }
    child.once('close', (code) => reject(new Error(`${name} ended with ${code}:\n${lines.join('\n')}`)));
  });
}

/** Waits until it says that it is ready to be sent work. */
export async function ready(app: Pick<App, 'url' | 'token'>): Promise<void> {
  let last: unknown;
  await until(
    async () => {
      const { status, body } = await ask(app, 'GET', '/health/ready');
      last = body;
      return status === 200;
    },
    () => JSON.stringify(last),
  );
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** One request with the application's own development token. Rejects when there is no answer. */
export async function ask(
  { url, token }: Pick<App, 'url' | 'token'>,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : { text }) as Reply['body'], // Any JSON object: the test says what it expects.
  };
}
