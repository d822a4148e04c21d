import { setTimeout as pause } from 'node:timers/promises';
import { In, QueryFailedError, type DataSource } from 'typeorm';
import { Checkpoint } from './checkpoint.js';
import { parkedOf, type ParkedKey } from './parked.js';

/** By projection name; undefined when it has not begun. */
export type Positions = ReadonlyMap<string, bigint | undefined>;

/** A wait that ran out: how far those projections are that did not get there. */
export interface Behind {
  readonly behind: Positions;
}

/** A wait that came to its end without what was waited for: the events of the key are parked. */
export interface Blocked {
  readonly parked: readonly ParkedKey[];
}

/** How far projections have come. Their rows reflect the log up to there: it was committed with them. */
export async function positionsOf(dataSource: DataSource, names: readonly string[]): Promise<Positions> {
  const positions = new Map<string, bigint | undefined>(names.map((name) => [name, undefined]));
  for (const { name, position } of await checkpoints(dataSource, names)) {
    if (position !== null) positions.set(name, position);
  }
  return positions;
}

/** The position that an answer from several tables reflects: the least. Undefined when one has not begun. */
export function leastOf(positions: Positions): bigint | undefined {
  let least: bigint | undefined;
  for (const position of positions.values()) {
    if (position === undefined) return undefined;
    if (least === undefined || position < least) least = position;
  }
  return least;
}

async function checkpoints(dataSource: DataSource, names: readonly string[]): Promise<Checkpoint[]> {
  try {
    return await dataSource.getRepository(Checkpoint).findBy({ name: In([...names]) });
  } catch (error) {
    // Before the first start, and while views are being built anew, there is no table: nothing has been reached.
    if (error instanceof QueryFailedError && error.driverError.code === '42P01') return [];
    throw error;
  }
}

/**
 * Waits until all of these projections have come to a position of the log. Their totals are incomplete while anything is
 * parked in one of them: `parkedOf` tells.
 * Throws the signal's reason when it is aborted. A database that fails meanwhile fails the wait.
 */
export async function waitForPosition(
  dataSource: DataSource,
  names: readonly string[],
  position: bigint,
  { timeoutMs, signal }: WaitOptions,
): Promise<'reached' | Behind> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const positions = await pollerOf(dataSource).next(names);
    const behind = new Map([...positions].filter(([, at]) => at === undefined || at < position));
    if (behind.size === 0) return 'reached';
    if (performance.now() >= deadline) return { behind };
  }
}

/** Waits as `waitForPosition`, for the rows of one key: those are not what they should be there while its events are parked. */
export async function waitForKey(
  dataSource: DataSource,
  names: readonly string[],
  key: string,
  position: bigint,
  options: WaitOptions,
): Promise<'reached' | Behind | Blocked> {
  const outcome = await waitForPosition(dataSource, names, position, options);
  if (outcome !== 'reached') return outcome;
  const parked = await parkedOf(dataSource, names, key);
  return parked.length > 0 ? { parked } : 'reached';
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const pollMs = 10;

/** Asks once for all who wait at the moment, however many they are. */
class Poller {
  private readonly wanted = new Set<string>();
  private polling: Promise<Positions> | undefined;
  private polledAt = -Infinity;

  constructor(private readonly dataSource: DataSource) {}

  /** The positions as they are at the next look, which is never before this call. */
  async next(names: readonly string[]): Promise<Positions> {
    for (const name of names) this.wanted.add(name);
    const positions = await (this.polling ??= this.poll());
    return new Map(names.map((name) => [name, positions.get(name)]));
  }

  private async poll(): Promise<Positions> {
    await pause(Math.max(0, this.polledAt + pollMs - performance.now()));
    const names = [...this.wanted];
    this.wanted.clear();
    this.polling = undefined;
    this.polledAt = performance.now();
    return await positionsOf(this.dataSource, names);
  }
}

const pollers = new WeakMap<DataSource, Poller>();

function pollerOf(dataSource: DataSource): Poller {
  const known = pollers.get(dataSource);
  if (known) return known;
  const poller = new Poller(dataSource);
  pollers.set(dataSource, poller);
  return poller;
}
