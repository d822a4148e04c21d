import type { DataSource } from 'typeorm';

/** How far this process' clock is ahead of the database's, in milliseconds, to within the time of a round trip. */
export async function clockSkewMs(dataSource: DataSource): Promise<number> {
  const before = Date.now();
  const [{ now }]: [{ now: Date }] = await dataSource.query('SELECT clock_timestamp() AS now');
  return (before + Date.now()) / 2 - now.getTime();
}
