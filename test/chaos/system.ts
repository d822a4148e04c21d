import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEventStoreNode } from '#embedded/event-store-node';
import { startPostgres } from '#embedded/postgres';
import type { Store } from '#embedded/store';
import { ready } from '../support/apps.js';
import { LogAndTables } from '../support/log-and-tables.js';
import { Member, type Kind } from './member.js';
import { Outputs } from './outputs.js';
import { Proxy } from './proxy.js';

export const started = '2025-03-03T01:00:00.000Z';
const READY_MS = 120_000;
const kinds: readonly Kind[] = [
  'commands',
  'commands',
  'projections',
  'projections',
  'timers',
  'timers',
  'queries',
];

/** The whole product as separate processes: both stores, two of each application that works, one that is asked. */
export class System {
  private constructor(
    readonly folder: string,
    readonly node: Store,
    readonly postgres: Store,
    readonly members: readonly Member[],
    readonly witness: LogAndTables,
    private readonly proxies: readonly Proxy[],
    readonly outputs: Outputs,
  ) {}

  /** Starts everything anew in an existing, empty folder. */
  static async start(folder: string): Promise<System> {
    const logs = join(folder, 'logs');
    mkdirSync(logs);
    const outputs = new Outputs(logs);
    const store = (name: string) => ({ dataDir: join(folder, name), log: () => undefined });
    const [node, postgres] = await Promise.all([
      startEventStoreNode(store('event-store')),
      startPostgres(store('postgres')),
    ]);
    const proxies: Proxy[] = [];
    const start = async (kind: Kind, index: number) => {
      const [toNode, toPostgres] = [await proxyTo(node.url), await proxyTo(postgres.url)];
      proxies.push(toNode, toPostgres);
      const name = `${kind}-${index + 1}`;
      const env = {
        EVENTSTORE_URL: through(toNode, node.url),
        DATABASE_URL: through(toPostgres, postgres.url),
        DATABASE_SILENCE_MS: '5000',
        SIMULATED_FROM: started,
        LOG_LEVEL: 'warn',
      };
      return Member.start({ name, kind, env, heard: outputs.of(name), toNode, toPostgres });
    };
    const members = await Promise.all(kinds.map(start));
    const witness = await LogAndTables.open(node.url, postgres.url, started);
    return new System(folder, node, postgres, members, witness, proxies, outputs);
  }

  of(kind: Kind): readonly Member[] {
    return this.members.filter(({ options }) => options.kind === kind);
  }

  /** Waits until every application says that it may be sent work. */
  async ready(): Promise<void> {
    await Promise.all(this.members.map((member) => ready(member.target, READY_MS)));
  }

  /** Postgres' own process, where it has one at the moment; that of `postgres` is its keeper. */
  get postmaster(): number | undefined {
    const file = join(this.folder, 'postgres/cluster/data/postmaster.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
  }

  async stop(): Promise<void> {
    await this.witness.close();
    await Promise.all(this.members.map((member) => member.stop()));
    for (const proxy of this.proxies) await proxy.close();
    await this.postgres.stop();
    await this.node.stop();
  }
}

const proxyTo = (url: string): Promise<Proxy> => Proxy.open(Number(portOf(url)));

const through = (proxy: Proxy, url: string): string => url.replace(`:${portOf(url)}`, `:${proxy.port}`);

function portOf(url: string): string {
  const port = /127\.0\.0\.1:(\d+)/.exec(url)?.[1];
  if (port === undefined) throw new Error('an embedded store serves on a port of this machine');
  return port;
}
