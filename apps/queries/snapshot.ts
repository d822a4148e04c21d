import { Injectable } from '@nestjs/common';
import { DataSource, In, QueryFailedError, type EntityManager } from 'typeorm';
import { Checkpoint } from '#projection/checkpoint';
import { parkedOf, type ParkedKey } from '#projection/parked';
import { isOfThisRelease } from '#projection/of-this-release';
import type { Projection } from '#projection/projection';
import { lostLog } from '#projection/log-watch';
import { AuditRow, auditIndex } from '#projection/tables/audit-index';
import { isUnavailable } from '#projection/unavailable';
import { waitForPosition } from '#projection/wait';
import { PositionTokens, type EventPlace } from '#web/position-token';
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
      const seen = atLeast === undefined ? undefined : await this.wait(names, atLeast);
      return await this.dataSource.transaction('REPEATABLE READ', async (tables) => {
        await tables.query('SET TRANSACTION READ ONLY');
        const { tokens, last } = await reflectionOf(tables, names);
        if (seen) await proveHeld(tables, seen);
        await this.proveReadable(tables, projections);
        const parked = await parkedOf(tables, names, key);
        if (key !== undefined && parked.length > 0) throw blocked(parked);
        return { answer: await work(tables), position: tokens.encode(last), parked };
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

  private async wait(names: readonly string[], atLeast: string): Promise<EventPlace> {
    const { tokens } = await reflectionOf(this.dataSource.manager, names);
    const seen = tokens.decode(atLeast);
    if (seen === 'foreign log') throw new Problem(problems.foreignLog);
    const outcome = await waitForPosition(this.dataSource, names, seen.position, { timeoutMs: WAIT_MS });
    if (outcome === 'reached') return seen;
    const behind = [...outcome.behind].map(([name, at]) => `${name} ${at ?? 'not begun'}`);
    const restored =
      'If the log was restored from a backup since the position was given out, they never will be.';
    throw new Problem(
      problems.notCaughtUp,
      `These tables are not that far yet: ${behind.join(', ')}. ${restored}`,
    );
  }
}

/** The log that the tables come from, and the last event that all of them reflect. */
async function reflectionOf(
  tables: EntityManager,
  names: readonly string[],
): Promise<{ tokens: PositionTokens; last: Required<EventPlace> }> {
  if (await lostLog(tables)) throw new Problem(problems.tablesStale);
  const checkpoints = await tables.findBy(Checkpoint, { name: In([...names]) });
  const [first] = checkpoints;
  if (!first?.logId || checkpoints.length < names.length) throw notBuilt();
  let last: Required<EventPlace> | undefined;
  for (const { eventPosition: position, eventId } of checkpoints) {
    if (position === null || eventId === null) throw notBuilt();
    if (!last || position < last.position) last = { position, eventId };
  }
  if (!last) throw notBuilt();
  return { tokens: new PositionTokens(first.logId), last };
}

/**
 * Throws foreign-log when the log has another event at this place, or none: it has been restored or moved to another server since
 * the token was given out. Only the audit index has every event; while it lacks some itself, it cannot tell.
 */
async function proveHeld(tables: EntityManager, { position, eventId }: EventPlace): Promise<void> {
  if (eventId === undefined) return;
  const audited = await tables.findOneBy(Checkpoint, { name: auditIndex.name });
  if (!audited?.position || audited.position < position) return;
  const found = await tables.findOne(AuditRow, { select: { eventId: true }, where: { position } });
  if (found?.eventId === eventId) return;
  if (!found && (await parkedOf(tables, [auditIndex.name])).length > 0) return;
  throw new Problem(problems.foreignLog);
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
