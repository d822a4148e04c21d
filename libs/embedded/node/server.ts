import { Server, ServerCredentials } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { append, softDelete, tombstone } from './append-call.js';
import { batchAppend } from './batch-append.js';
import { supportedMethods } from './features.js';
import { gossipRead } from './gossip.js';
import { Log, systemEvent } from './log.js';
import { metastreamOf } from './metadata.js';
import { OpenCalls } from './open-calls.js';
import { takeOwnership } from './owner.js';
import { read } from './read.js';
import { Store } from './store.js';

export interface NodeOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

export interface RunningNode {
  readonly port: number;
  /** Ends all calls, waits for what is being written and closes the store. */
  stop(): Promise<void>;
}

/** The frame that the client may send: EventStoreDB's limit for a log record, less room for its header. */
const MAX_RECEIVE_BYTES = 16 * 1024 * 1024 - 10_000;
/** How long a stopping server waits for its clients to let go of their connections. */
const SHUTDOWN_MS = 1000;
const STATS_STREAM = '$stats-embedded';

/** Starts a node on a data folder. Rejects if the folder or the port cannot be had, and then holds neither. */
export async function startNode({ dataDir, host, port }: NodeOptions): Promise<RunningNode> {
  const store = Store.open(dataDir);
  try {
    takeOwnership(store);
    const log = new Log(store);
    const calls = new OpenCalls();
    await writeSystemEvents(log);
    const server = createServer(log, calls);
    const boundPort = await listen(server, `${host}:${port}`);
    return { port: boundPort, stop: () => stop(server, calls, log) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function createServer(log: Log, calls: OpenCalls): Server {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_RECEIVE_BYTES });
  const passThrough = (message: Buffer): Buffer => message;
  const service = { ...StreamsService, read: { ...StreamsService.read, responseSerialize: passThrough } };
  server.addService(service, {
    read: read(log, calls),
    append: append(log),
    batchAppend: batchAppend(log, calls),
    delete: softDelete(log),
    tombstone: tombstone(log),
  });
  server.addService(ServerFeaturesService, { getSupportedMethods: supportedMethods });
  server.addService(GossipService, { read: gossipRead() });
  return server;
}

/**
 * A real server keeps statistics about itself in the log. This one notes its start, so that readers of `$all` meet
 * system events here too and do not first learn of them in production.
 */
async function writeSystemEvents(log: Log): Promise<void> {
  const started = systemEvent('$statsCollected', JSON.stringify({ startedAt: new Date().toISOString() }));
  const limits = systemEvent('$metadata', '{"$maxCount":100}');
  await log.append(metastreamOf(STATS_STREAM), 'no_stream', [limits]);
  await log.append(STATS_STREAM, 'any', [started]);
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

async function stop(server: Server, calls: OpenCalls, log: Log): Promise<void> {
  const shutDown = new Promise((resolve) => server.tryShutdown(resolve));
  await calls.end();
  const timer = setTimeout(() => server.forceShutdown(), SHUTDOWN_MS);
  await shutDown;
  clearTimeout(timer);
  await log.close();
}
