import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** What the machine did for others while something was measured. */
export interface ForeignLoad {
  /** Busy cores on average that were not ours; of `cpus` of the machine. */
  readonly foreignCores: number;
  readonly ownCores: number;
  /** Over the last minute, at the end; ours included. */
  readonly loadAverage: number;
}

const TICKS_PER_SECOND = 100;

/** Watches how busy the machine is, by us and by others, until asked. Linux only: NaN elsewhere. */
export function watchLoad(): () => ForeignLoad {
  const before = sample();
  const startedAt = performance.now();
  return () => {
    const after = sample();
    const seconds = (performance.now() - startedAt) / 1_000;
    const cores = (ticks: number) => ticks / TICKS_PER_SECOND / seconds;
    const own = after.own - before.own;
    return {
      foreignCores: Math.max(0, cores(after.busy - before.busy - own)),
      ownCores: cores(own),
      loadAverage: os.loadavg()[0] ?? NaN,
    };
  };
}

function sample(): { busy: number; own: number } {
  try {
    return { busy: busyTicks(), own: ownTicks() };
  } catch {
    return { busy: NaN, own: NaN };
  }
}

/** user, nice, system, irq and softirq of all cores; not idle, not waiting for a disk. */
function busyTicks(): number {
  const [, user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8')
    .split(/\s+/, 8)
    .map(Number);
  return [user, nice, system, irq, softirq].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0);
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its own, and those of its children that have ended. */
  readonly ticks: number;
}

/** All that this process and its descendants have used, living and ended. */
function ownTicks(): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readProcess);
  const family = new Set([process.pid]);
  let size = 0;
  while (family.size > size) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.filter(({ pid }) => family.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0);
}

function readProcess(pid: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces: what follows it does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number);
    const ticks = (utime ?? 0) + (stime ?? 0) + (cutime ?? 0) + (cstime ?? 0);
    return [{ pid: Number(pid), parent: Number(fields[1]), ticks }];
  } catch {
    return []; // It has ended meanwhile.
  }
}
