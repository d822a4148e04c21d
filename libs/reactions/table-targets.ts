import { MoreThan, QueryFailedError, type DataSource } from 'typeorm';
import { StoreUnavailable } from '#event-store/ask';
import { isUnavailable } from '#projection/unavailable';
import { leastOf, positionsOf, waitForPosition } from '#projection/wait';
import type { TargetList, Targets } from './fan-out.js';

const WAIT_MS = 1_000;
const UNDEFINED_TABLE = '42P01';

/** The targets that a table lists, in the order of its key. While the database is away, or builds the table anew, they are waited for. */
export function tableTargets(dataSource: DataSource, { table, where = {} }: TargetList): Targets {
  const [key, ...more] = table.key;
  if (key === undefined || more.length > 0) throw new Error(`${table.name} has no single key to list by`);
  return {
    reached: (position, signal) =>
      orUnavailable(async () => {
        const options = { timeoutMs: WAIT_MS, signal };
        while ((await waitForPosition(dataSource, [table.name], position, options)) !== 'reached');
        return leastOf(await positionsOf(dataSource, [table.name])) ?? position;
      }),
    page: (after, limit) =>
      orUnavailable(async () => {
        const rows = await dataSource.getRepository<object>(table.entity).find({
          select: { [key]: true },
          where: { ...where, ...(after !== undefined && { [key]: MoreThan(after) }) },
          order: { [key]: 'ASC' },
          take: limit,
        });
        return rows.map((row) => String(Object.entries(row).find(([name]) => name === key)?.[1]));
      }),
  };
}

async function orUnavailable<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    const missing = error instanceof QueryFailedError && error.driverError.code === UNDEFINED_TABLE;
    if (!missing && !isUnavailable(error)) throw error;
    throw new StoreUnavailable('the table of targets does not answer', { cause: error });
  }
}
