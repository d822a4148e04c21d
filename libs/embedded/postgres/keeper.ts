import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { endOrphan } from '../process-record.js';
import { openCluster, removeCluster } from './cluster.js';
import type { Cluster } from './cluster.js';
import { startServer } from './server.js';
import type { Server } from './server.js';

// Postgres does not notice when the process that started it dies. This one does, and ends Postgres with itself:
// the process that keeps a server alive exactly as long as the application lives.

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    port: { type: 'string' },
    ephemeral: { type: 'boolean', default: false },
  },
});
const dataDir = values['data-dir'];
if (dataDir === undefined) throw new Error('--data-dir is missing');

const told = new Promise<void>((resolve) => {
  process.once('SIGTERM', () => resolve());
  process.once('disconnect', () => resolve());
  // The parent may have died before we listened.
  if (!process.connected) resolve();
});
// With the parent its ends of our pipes are gone, but there is still a server to stop.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

/**
 * Tries a few times: the sessions of a server that was killed may hold its shared memory a moment longer, and
 * another program may be faster to take the port that looked free.
 */
async function startPatiently(cluster: Cluster, record: string): Promise<Server> {
  const port = values.port === undefined ? undefined : Number(values.port);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServer(cluster, record, port);
    } catch (error) {
      if (attempt === 3) throw error;
      await delay(attempt * 200);
    }
  }
}

async function keep(folder: string): Promise<void> {
  const record = join(folder, 'postmaster.json');
  await endOrphan(record, 'SIGINT');
  const server = await startPatiently(await openCluster(folder, values.ephemeral), record);
  // The parent may be gone by now; then it is the server's turn at once.
  process.send?.({ ready: { port: server.port } }, () => undefined);
  const unexpected = await Promise.race([told.then(() => false), server.ended.then(() => true)]);
  if (unexpected) throw new Error('Postgres ended unexpectedly');
  await server.stop();
  if (values.ephemeral) await removeCluster(folder);
}

await keep(dataDir);
process.exit();
