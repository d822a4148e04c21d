import { Injectable } from '@nestjs/common';
import { DataSource, In, QueryFailedError, type EntityManager } from 'typeorm';
import { Checkpoint } from '#projection/checkpoint';
import { parkedOf, type ParkedKey } from '#projection/parked';
import { isOfThisRelease } from '#projection/of-this-release';
import type { Projection } from '#projection/projection';
import { lostLog } from '#projection/log-watch';
import { isUnavailable } from '#projection/unavailable';
import { waitForPosition } from '#projection/wait';
import { PositionTokens } from '#web/position-token';
import { Problem, problems } from '#web/problem';

/** An answer, and the position of the log that it reflects: nothing after it, everything up to it. */
export interface Reflected<T> {
  readonly answer: T;
  /** A token for `atLeast`. */
  readonly position: string;
  /** What the tables lack although they have come to the position: empty where the answer is about one key, which is refused then. */
  readonly parked: readonly ParkedKey[];
}

/** How long a caller who wants to see its own write is kept waiting for the tables. */
const WAIT_MS = 2_000;

/** Reads tables as they were together at one moment, and says which moment. */
@Injectable()
export class Snapshots {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Reads from these projections' tables, not older than `atLeast`; `key` is what their events are parked by, where the answer
   * is about one. Throws the problems not-caught-up, also while a table is still to be built, blocked-by-parked, foreign-log,
   * tables-of-another-log and
   * store-unavailable.
   */
  async read<T>(
    projections: readonly Projection[],
    atLeast: string | undefined,
    work: (tables: EntityManager) => Promise<T>,
    key?: string,
  ): Promise<Reflected<T>> {
    const names = projections.map(({ name }) => name);
    try {
      if (atLeast !== undefined) await this.wait(names, atLeast);
      return await this.dataSource.transaction('REPEATABLE READ', async (tables) => {
        await tables.query('SET TRANSACTION READ ONLY');
        const { tokens, position } = await standingOf(tables, names);
        await this.proveReadable(tables, projections);
        const parked = await parkedOf(tables, names, key);
        if (key !== undefined && parked.length > 0) throw blocked(parked);
        return { answer: await work(tables), position: tokens.encode(position), parked };
      });
    } catch (error) {
      if (isUnavailable(error))
        throw new Problem(problems.storeUnavailable, 'The tables cannot be read now. Ask again.');
      throw isMissingTable(error) ? notBuilt() : error;
    }
  }

  /** Throws the problems not-caught-up and upgrade-pending when a live table is another release's. */
  private async proveReadable(tables: EntityManager, projections: readonly Projection[]): Promise<void> {
    const checkpoints = await tables.findBy(Checkpoint, { name: In(projections.map(({ name }) => name)) });
    for (const live of checkpoints) {
      const own = projections.find(({ name }) => name === live.name);
      if (!own || (await isOfThisRelease(this.dataSource, own, live))) continue;
      const table = `The table of ${own.name}`;
      throw live.version > own.version
        ? new Problem(problems.upgradePending, `${table} has been built by a newer release.`)
        : new Problem(problems.notCaughtUp, `${table} is being built by this release.`);
    }
  }

  private async wait(names: readonly string[], atLeast: string): Promise<void> {
    const { tokens } = await standingOf(this.dataSource.manager, names);
    const position = tokens.decode(atLeast);
    if (position === 'foreign log') throw new Problem(problems.foreignLog);
    const outcome = await waitForPosition(this.dataSource, names, position, { timeoutMs: WAIT_MS });
    if (outcome === 'reached') return;
    const behind = [...outcome.behind].map(([name, at]) => `${name} ${at ?? 'not begun'}`);
    const restored =
      'If the log was restored from a backup since the position was given out, they never will be.';
    throw new Problem(
      problems.notCaughtUp,
      `These tables are not that far yet: ${behind.join(', ')}. ${restored}`,
    );
  }
}

/** The log that the tables come from, and the position that all of them have reached. */
async function standingOf(
  tables: EntityManager,
  names: readonly string[],
): Promise<{ tokens: PositionTokens; position: bigint }> {
  if (await lostLog(tables)) throw new Problem(problems.tablesStale);
  const checkpoints = await tables.findBy(Checkpoint, { name: In([...names]) });
  const [first] = checkpoints;
  if (!first?.logId || checkpoints.length < names.length) throw notBuilt();
  let least = first.position;
  for (const { position } of checkpoints) {
    if (position === null || least === null) throw notBuilt();
    if (position < least) least = position;
  }
  if (least === null) throw notBuilt();
  return { tokens: new PositionTokens(first.logId), position: least };
}

function blocked(parked: readonly ParkedKey[]): Problem {
  const where = parked.map(({ projection, position }) => `${projection} from position ${position} on`);
  const sentence = `Events of it could not be applied to these tables: ${where.join(', ')}. An operator has to see to it.`;
  return new Problem(problems.blockedByParked, sentence);
}

const notBuilt = () => new Problem(problems.notCaughtUp, 'The tables are still to be built.');

/** Undefined table or schema: before the first start of the projections, and while they build anew. */
const isMissingTable = (error: unknown): boolean =>
  error instanceof QueryFailedError && ['42P01', '3F000'].includes(String(error.driverError.code));
