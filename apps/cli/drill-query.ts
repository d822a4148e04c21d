import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The queries as the build has them; the command line itself may run from source. */
const queries = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? '../../dist/apps/queries' : '../queries',
  'main.js',
);

/** Starts the query application on these tables, asks it for a page of contracts, and ends it. Answers with the page's length. */
export async function askQueries(databaseUrl: string): Promise<number> {
  if (!existsSync(queries)) throw new Error(`${queries} is missing: npm run build`);
  const child = spawn(process.execPath, [queries], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Nothing else of our environment: an issuer configured there would keep it from giving us a token.
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, PORT: '0', LOG_LEVEL: 'error' },
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    const { url, token } = await serving(child.stdout);
    const response = await fetch(`${url}/v1/contracts?limit=200`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const answer = (await response.json()) as { items?: unknown[] };
    if (!response.ok || !answer.items)
      throw new Error(`the queries answer ${response.status}: ${JSON.stringify(answer)}`);
    return answer.items.length;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

async function serving(output: NodeJS.ReadableStream): Promise<{ url: string; token: string }> {
  let token = '';
  for await (const line of createInterface({ input: output })) {
    token ||= /development token: (\S+)/.exec(line)?.[1] ?? '';
    const url = /^Queries at (http:\S+),/.exec(line)?.[1];
    if (url) return { url, token };
  }
  throw new Error('the queries ended before they served');
}
