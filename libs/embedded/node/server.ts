import { Server, ServerCredentials } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { UsersService } from '@eventstore/db-client/generated/users_grpc_pb.js';
import { Access } from './access.js';
import { append, softDelete, tombstone } from './append-call.js';
import { batchAppend } from './batch-append.js';
import { CommitFailed } from './errors.js';
import { supportedMethods } from './features.js';
import { gossipRead } from './gossip.js';
import { OPEN, SecureGuard } from './guard.js';
import { Log, systemEvent } from './log.js';
import { metastreamOf } from './metadata.js';
import { OpenCalls } from './open-calls.js';
import { takeOwnership } from './owner.js';
import { read } from './read.js';
import { STANDARD_USERS } from './security-files.js';
import { openSecurity, type Security } from './security-folder.js';
import { Store } from './store.js';
import { usersCalls } from './users-call.js';
import { Users } from './users.js';

export interface NodeOptions {
  readonly dataDir: string;
  /** TLS, users and access lists; else everybody who reaches the port may do everything. */
  readonly secure: boolean;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Takes the lines that the node has to say to whoever runs it. */
  readonly tell: (line: string) => void;
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
export async function startNode({ dataDir, secure, host, port, tell }: NodeOptions): Promise<RunningNode> {
  const store = Store.open(dataDir);
  try {
    takeOwnership(store);
    const log = new Log(store, tell);
    const calls = new OpenCalls();
    await writeSystemEvents(log).catch(unlessReadOnly);
    const security = secure ? await openSecurity(dataDir, host) : undefined;
    const server = createServer(log, calls, security && (await secured(log, security)));
    const boundPort = await listen(server, `${host}:${port}`, credentialsOf(security));
    return { port: boundPort, stop: () => stop(server, calls, log) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Secured {
  readonly users: Users;
  readonly guard: SecureGuard;
}

async function secured(log: Log, { newPasswords = new Map() }: Security): Promise<Secured> {
  const users = new Users(log);
  for (const { login, fullName, group } of STANDARD_USERS) {
    const password = newPasswords.get(login);
    const user = users.find(login);
    if (password === undefined) continue;
    await (user ? users.setPassword(user, password) : users.create(login, fullName, [group], password));
  }
  return { users, guard: new SecureGuard(users, new Access(log)) };
}

function createServer(log: Log, calls: OpenCalls, secured: Secured | undefined): Server {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_RECEIVE_BYTES });
  const passThrough = (message: Buffer): Buffer => message;
  const service = { ...StreamsService, read: { ...StreamsService.read, responseSerialize: passThrough } };
  const guard = secured?.guard ?? OPEN;
  server.addService(service, {
    read: read(log, guard, calls),
    append: append(log, guard),
    batchAppend: batchAppend(log, guard, calls),
    delete: softDelete(log, guard),
    tombstone: tombstone(log, guard),
  });
  server.addService(ServerFeaturesService, { getSupportedMethods: supportedMethods });
  server.addService(GossipService, { read: gossipRead() });
  if (secured) server.addService(UsersService, usersCalls(secured.users, secured.guard, calls));
  return server;
}

function credentialsOf(security: Security | undefined): ServerCredentials {
  if (!security) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [{ private_key: security.key, cert_chain: security.certificate }]);
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

/** On a disk that is full a node still starts, to be read from. */
function unlessReadOnly(error: unknown): void {
  if (!(error instanceof CommitFailed)) throw error;
}

function listen(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
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
