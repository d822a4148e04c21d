import type { DataSource } from 'typeorm';

/** A projector that died is followed by another within three seconds: this, and the other's pause between two looks. */
export const LEASE_MS = 2_500;

/**
 * The right to write a reader group's tables: a row with its owner, an epoch and a heartbeat, judged by the database's clock.
 * What protects the tables is the epoch, which each batch is fenced by; the lease only keeps two runners from trying.
 */
export class Lease {
  constructor(
    private readonly dataSource: DataSource,
    private readonly readerGroup: string,
    private readonly owner: string,
    private readonly leaseMs: number,
  ) {}

  /** The new epoch, or undefined while somebody else is alive. */
  async take(): Promise<bigint | undefined> {
    const rows: { epoch: string }[] = await this.dataSource.query(
      `INSERT INTO views.readers AS r (reader_group, owner, epoch, heartbeat_at) VALUES ($1, $2, 1, now())
       ON CONFLICT (reader_group) DO UPDATE SET owner = $2, epoch = r.epoch + 1, heartbeat_at = now()
       WHERE r.owner IS NULL OR r.owner = $2 OR r.heartbeat_at < now() - $3 * interval '1 millisecond'
       RETURNING epoch`,
      [this.readerGroup, this.owner, this.leaseMs],
    );
    const [row] = rows;
    return row && BigInt(row.epoch);
  }

  /** False when another runner has taken it. */
  async renew(epoch: bigint): Promise<boolean> {
    const [, renewed]: [unknown, number] = await this.dataSource.query(
      'UPDATE views.readers SET heartbeat_at = now() WHERE reader_group = $1 AND epoch = $2',
      [this.readerGroup, epoch],
    );
    return renewed > 0;
  }

  /** Lets another runner take it at once. */
  async giveBack(epoch: bigint): Promise<void> {
    await this.dataSource.query(
      'UPDATE views.readers SET owner = NULL WHERE reader_group = $1 AND epoch = $2',
      [this.readerGroup, epoch],
    );
  }
}

/** How long ago any runner of tables was last alive, in ms by the database's clock; undefined when none has ever been. */
export async function silenceMs(tables: Pick<DataSource, 'query'>): Promise<number | undefined> {
  const [row]: { ms: number | null }[] = await tables.query(
    'SELECT (1000 * extract(epoch FROM now() - max(heartbeat_at)))::float8 AS ms FROM views.readers',
  );
  return row?.ms ?? undefined;
}
