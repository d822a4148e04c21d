import { setTimeout as pause } from 'node:timers/promises';
import { ask } from '../support/apps.js';
import type { Random } from '../support/random.js';
import { until } from '../support/projecting.js';
import type { Kind, Member } from './member.js';
import type { Proxy } from './proxy.js';
import type { System } from './system.js';

/** Something that goes wrong; resolves when it is over. What comes after is up to the product. */
export type Fault = (system: System, random: Random) => Promise<void>;

/** Longer than a projector's lease (2.5 s), so that the other one takes over and this one wakes up as a zombie. */
const ZOMBIE_MS = 5_000;
/** Longer than an attempt to append waits for its answer (5 s). */
const SILENCE_MS = 6_000;
const BRIEF_MS = 1_000;
const RETURN_MS = 60_000;

/** The one of a kind that has the work to itself where only one may have it, otherwise any. */
async function working(system: System, kind: Kind, random: Random): Promise<Member> {
  const members = system.of(kind);
  for (const member of kind === 'projections' ? members : []) {
    const reply = await ask(member.target, 'GET', '/health/ready').catch(() => undefined);
    if (reply?.status === 200 && !JSON.stringify(reply.body).includes('standing-by')) return member;
  }
  return random.pick(members);
}

const killOne =
  (kind: Kind): Fault =>
  async (system, random) =>
    (await working(system, kind, random)).signal('SIGKILL');

const killBoth =
  (kind: Kind): Fault =>
  async (system) =>
    void (await Promise.all(system.of(kind).map((member) => member.signal('SIGKILL'))));

const freeze =
  (kind: Kind, ms: number): Fault =>
  async (system, random) => {
    const member = await working(system, kind, random);
    await member.signal('SIGSTOP');
    await pause(ms);
    await member.signal('SIGCONT');
  };

/** Lets the way to a store fail for one application or for all, for a while. */
const network =
  (way: 'toNode' | 'toPostgres', ms: number, fail: (proxy: Proxy, random: Random) => void): Fault =>
  async (system, random) => {
    const users = system.members.filter(({ options }) => options.kind !== ignorant[way]);
    const members = random.chance(0.5) ? users : [random.pick(users)];
    for (const { options } of members) fail(options[way], random);
    await pause(ms);
    for (const { options } of members) options[way].mend();
  };
/** Who has nothing to do with the store. */
const ignorant = { toNode: 'queries', toPostgres: 'commands' };

const silence = (proxy: Proxy) => proxy.fallSilent();
const slow = (proxy: Proxy, random: Random) => proxy.slowDown(random.whole(20, 200));
const reset = (proxy: Proxy) => proxy.reset();
const cut = (proxy: Proxy, random: Random) => proxy.cutAnswersAfter(random.whole(0, 3_000));

/** A process that another fault has just ended is waited for: it comes back. */
async function killProcess(pid: () => number | undefined): Promise<void> {
  await until(
    () => {
      const there = pid();
      if (there === undefined) return false;
      try {
        return process.kill(there, 'SIGKILL');
      } catch {
        return false;
      }
    },
    undefined,
    RETURN_MS,
  );
}

const killNode: Fault = ({ node }) => killProcess(() => node.pid);
const killPostgres: Fault = (system) => killProcess(() => system.postmaster);

/** The server processes of everybody else's connections, as soon as Postgres answers and has some. */
async function backends({ witness }: System, what: string): Promise<readonly { pid: number }[]> {
  let rows: { pid: number }[] = [];
  const select = `SELECT ${what} FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  const some = async () => {
    rows = await witness.tables.query(select).catch(() => []);
    return rows.length > 0;
  };
  await until(some, undefined, RETURN_MS);
  return rows;
}

/** Postgres starts again by itself when the process of a connection is killed: its postmaster lives on. */
const killBackend: Fault = async (system, random) => {
  const { pid } = random.pick(await backends(system, 'pid'));
  await killProcess(() => pid);
};

/** No fault by itself: whatever else fails in this round meets tables that are being built beside the live ones. */
const rebuildTables: Fault = async (system, random) => {
  const { target } = random.pick(system.of('commands'));
  for (const name of ['audit-index', 'contracts', 'deadlines']) {
    const reason = { reason: { code: 'chaos' } };
    await ask(target, 'POST', `/v1/projections/${name}/rebuild`, reason).catch(() => undefined);
  }
};

export const faults = {
  'rebuild-tables': rebuildTables,
  'kill-commands': killOne('commands'),
  'kill-projector': killOne('projections'),
  'kill-timers': killOne('timers'),
  'kill-queries': killOne('queries'),
  'kill-both-commands': killBoth('commands'),
  'kill-both-projectors': killBoth('projections'),
  'kill-both-timers': killBoth('timers'),
  'kill-node': killNode,
  'kill-postgres': killPostgres,
  'kill-keeper': ({ postgres }) => killProcess(() => postgres.pid),
  'kill-both-stores': async (system, random) => {
    await Promise.all([killNode(system, random), killPostgres(system, random)]);
  },
  'kill-backend': killBackend,
  'end-connections': async (system) => void (await backends(system, 'pg_terminate_backend(pid)')),
  'freeze-commands': freeze('commands', SILENCE_MS),
  'freeze-projector': freeze('projections', ZOMBIE_MS),
  'freeze-timers': freeze('timers', ZOMBIE_MS),
  'silent-node': network('toNode', SILENCE_MS, silence),
  'slow-node': network('toNode', BRIEF_MS, slow),
  'reset-node': network('toNode', 0, reset),
  'cut-node': network('toNode', BRIEF_MS, cut),
  'silent-postgres': network('toPostgres', SILENCE_MS, silence),
  'slow-postgres': network('toPostgres', BRIEF_MS, slow),
  'reset-postgres': network('toPostgres', 0, reset),
  'cut-postgres': network('toPostgres', BRIEF_MS, cut),
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as FaultName[]; // The keys of that very object.
