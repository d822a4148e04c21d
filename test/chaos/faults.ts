import { setTimeout as pause } from 'node:timers/promises';
import { ask } from '../support/apps.js';
import type { Random } from '../support/random.js';
import { until } from '../support/projecting.js';
import type { Kind, Member } from './member.js';
import type { Proxy } from './proxy.js';
import type { System } from './system.js';

/** Something that goes wrong; resolves when it is over. What comes after is up to the product. */
export type Fault = (system: System, random: Random) => Promise<void>;

/** Longer than a projector's lease (10 s), so that the other one takes over and this one wakes up as a zombie. */
const ZOMBIE_MS = 12_000;
/** Longer than an attempt to append waits for its answer (5 s). */
const SILENCE_MS = 6_000;
const BRIEF_MS = 1_000;

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

function killProcess(pid: number | undefined): void {
  if (pid === undefined) throw new Error('there is no process to kill');
  process.kill(pid, 'SIGKILL');
}

const killNode: Fault = async ({ node }) => killProcess(node.pid);
const killPostgres: Fault = async (system) => killProcess(system.postmaster);

/** Ends every connection, or the process of one: then Postgres starts again by itself, without its postmaster having died. */
async function endBackends({ witness }: System, how: 'terminate' | 'kill'): Promise<void> {
  const others = `FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  await until(async () => {
    const select = how === 'terminate' ? 'pg_terminate_backend(pid)' : 'pid';
    const rows: { pid: number }[] | undefined = await witness.tables
      .query(`SELECT ${select} ${others} ${how === 'kill' ? 'LIMIT 1' : ''}`)
      .catch(() => undefined);
    if (how === 'kill' && rows?.[0]) killProcess(rows[0].pid);
    return rows !== undefined;
  });
}

export const faults = {
  'kill-commands': killOne('commands'),
  'kill-projector': killOne('projections'),
  'kill-timers': killOne('timers'),
  'kill-queries': killOne('queries'),
  'kill-both-commands': killBoth('commands'),
  'kill-both-projectors': killBoth('projections'),
  'kill-both-timers': killBoth('timers'),
  'kill-node': killNode,
  'kill-postgres': killPostgres,
  'kill-keeper': async ({ postgres }) => killProcess(postgres.pid),
  'kill-both-stores': async (system, random) => {
    await Promise.all([killNode(system, random), killPostgres(system, random)]);
  },
  'kill-backend': (system) => endBackends(system, 'kill'),
  'end-connections': (system) => endBackends(system, 'terminate'),
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
