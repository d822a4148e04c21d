import { parseArgs } from 'node:util';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { startNode, type NodeOptions, type RunningNode } from './server.js';

/**
 * The embedded EventStoreDB node as a process of its own:
 *
 *     node main.js --data-dir DIR [--port N] [--host 127.0.0.1] [--secure]
 *
 * It tells its parent `{ ready: { port } }` when it can be dialled, and stops when it is told to or the parent is gone.
 */
async function main(): Promise<void> {
  // A port that is taken is reported once, by `fail`.
  setLogVerbosity(logVerbosity.NONE);
  const starting = startNode(readArguments());
  const stop = stopOnce(starting);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  const { port } = await starting;
  if (process.connected) process.send?.({ ready: { port } });
  // The parent may have gone before anybody listened; without a parent of this kind the property is undefined.
  else if (process.connected === false) stop();
}

/** A stop that takes longer is given up: LMDB keeps what was acknowledged however the process ends. */
const STOP_LIMIT_MS = 15_000;

function readArguments(): NodeOptions {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      secure: { type: 'boolean', default: false },
    },
  });
  const dataDir = values['data-dir'];
  if (!dataDir) throw new Error('--data-dir is missing');
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port} is not a port`);
  return { dataDir, port, host: values.host, secure: values.secure, tell };
}

function stopOnce(starting: Promise<RunningNode>): () => void {
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= starting.then((node) => node.stop()).then(() => process.exit(0), fail);
    setTimeout(fail, STOP_LIMIT_MS, new Error(`it did not stop within ${STOP_LIMIT_MS} ms`)).unref();
  };
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(error: unknown): void {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n');
  tell(`The embedded EventStoreDB node ended: ${reason}`);
  process.exit(1);
}

main().catch(fail);
