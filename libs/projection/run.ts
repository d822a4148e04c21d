import { setTimeout as pause } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { QueryRunner } from 'typeorm';
import { LogReplaced } from '#event-store/log-guard';
import type { LogBatch } from '#event-store/source';
import { batchStatement, type Tenure } from './batch-statement.js';
import { Continuity } from './continuity.js';
import { diagnose } from './diagnose.js';
import { Engine, type FoldedBatch } from './engine.js';
import { RebuildNeeded, Refused, TakenOver } from './errors.js';
import { Lease, LEASE_MS } from './lease.js';
import { noteLostLog } from './log-watch.js';
import { beginningWithCare, careOf } from './parked-care.js';
import { ParkedEvents } from './parked-events.js';
import { prepareTables } from './prepare.js';
import type { RunnerOptions } from './runner-options.js';
import type { Standing } from './standing.js';
import type { StatusBoard } from './status-board.js';
import { tableShape, viewsSchema } from './table-shape.js';
import type { Verdicts } from './verdicts.js';
import { createViews } from './views.js';

const longestLookMs = 500;

/** What a runner knows from its earlier attempts. */
export interface Experience {
  readonly verdicts: Verdicts;
  /** Whether all that was parked before its start has been tried once more, since it may be a new release that can. */
  hasRetried: boolean;
}

/** One attempt at following the log: it ends with the first error of the log or the database, or when it is stopped. */
export class Run {
  private readonly readerGroup: string;
  private readonly leaseMs: number;
  private readonly lease: Lease;
  private readonly broken = new AbortController();
  private readonly signal: AbortSignal;

  constructor(
    private readonly options: RunnerOptions,
    private readonly board: StatusBoard,
    owner: string,
    private readonly experience: Experience,
    private readonly stopping: AbortSignal,
  ) {
    this.readerGroup = options.readerGroup ?? 'projections';
    this.leaseMs = options.leaseMs ?? LEASE_MS;
    this.lease = new Lease(options.dataSource, this.readerGroup, owner, this.leaseMs);
    this.signal = AbortSignal.any([stopping, this.broken.signal]);
  }

  async toTheEnd(): Promise<void> {
    const { dataSource, log } = this.options;
    this.board.to('starting');
    await createViews(dataSource, log);
    const epoch = await this.takeLease();
    if (epoch === undefined) return;
    const heart = setInterval(() => void this.beat(epoch), this.leaseMs / 3);
    const runner = dataSource.createQueryRunner();
    const { readerGroup, options } = this;
    const tenure: Tenure = { readerGroup, epoch, logId: options.logId, schema: viewsSchema };
    let goesOn = false;
    try {
      await this.follow(tenure, runner);
    } catch (thrown) {
      const error = thrown instanceof LogReplaced ? new RebuildNeeded(thrown.message) : thrown;
      if (error instanceof RebuildNeeded) await this.tellReaders(tenure, error);
      goesOn = error instanceof Refused;
      throw error;
    } finally {
      clearInterval(heart);
      await runner.release();
      // When the database cannot be told, the lease runs out by itself.
      if (!goesOn || this.stopping.aborted) await this.lease.giveBack(epoch).catch(() => undefined);
    }
  }

  /** Without the database they get no answer anyhow. */
  private async tellReaders(tenure: Tenure, { message }: RebuildNeeded): Promise<void> {
    const { dataSource, log } = this.options;
    await noteLostLog(dataSource, tenure, message).catch((err: unknown) =>
      log.error({ err }, 'The readers of the tables could not be told that the log was lost'),
    );
  }

  /** Waits until nobody else holds it; undefined when told to stop meanwhile. */
  private async takeLease(): Promise<bigint | undefined> {
    while (!this.stopping.aborted) {
      const epoch = await this.lease.take();
      if (epoch !== undefined) return epoch;
      this.board.to('standing-by');
      await pause(Math.min(this.leaseMs / 5, longestLookMs), undefined, { signal: this.stopping }).catch(
        () => undefined,
      );
    }
    return undefined;
  }

  /** A heart that cannot beat ends the run too: the tables may be gone while the log is quiet. */
  private async beat(epoch: bigint): Promise<void> {
    try {
      if (!(await this.lease.renew(epoch))) this.broken.abort(new TakenOver(this.readerGroup));
    } catch (error) {
      this.broken.abort(error);
    }
  }

  private async follow(tenure: Tenure, runner: QueryRunner): Promise<void> {
    const { dataSource, projections, catalogue, log } = this.options;
    const shapes = await Promise.all(projections.map((each) => tableShape(dataSource, each)));
    const standing = await prepareTables(dataSource, shapes, tenure, log);
    await this.verify(standing);
    await noteLostLog(dataSource, tenure, null);
    const { read, progress } = standing;
    const { eventAt, parkedKeysMax: keysMax = 100 } = this.options;
    const { verdicts } = this.experience;
    const live = progress.map(({ shape }) => shape);
    const parked = await ParkedEvents.load(live, { dataSource, catalogue, eventAt, verdicts, keysMax });
    for (const shape of live) this.board.parked(shape.projection.name, parked.keysOf(shape));
    const continuity = new Continuity(dataSource, tenure.readerGroup, read.position);
    const engine = new Engine(catalogue, continuity, progress, read, parked);
    // TypeORM types the connection of its query runner as any; of the Postgres driver it is a client of the pool.
    const client = (await runner.connect()) as PoolClient;
    const write = (batch: FoldedBatch) => this.write(client, batch, tenure);
    await this.retryParked(engine, write);
    this.board.began(read, progress);
    await this.consume(engine, write, read.position);
  }

  private async retryParked(engine: Engine, write: (batch: FoldedBatch) => Promise<void>): Promise<void> {
    if (this.experience.hasRetried) return;
    const batch = await engine.retryParked();
    if (batch) await write(batch);
    this.experience.hasRetried = true;
  }

  private async verify({ marks }: Standing): Promise<void> {
    for (const { position, eventId } of marks) {
      if (await this.options.verify(position, eventId)) continue;
      throw new RebuildNeeded(`event ${eventId} is not at position ${position} of the log`);
    }
  }

  /** Folds the next batch while the last one is being written; never two writes at once. */
  private async consume(
    engine: Engine,
    write: (batch: FoldedBatch) => Promise<void>,
    from: bigint | undefined,
  ): Promise<void> {
    let writing = Promise.resolve();
    try {
      for await (const batch of beginningWithCare(this.batches(from))) {
        const arrivedAtMs = Date.now();
        if (careOf(batch.events[0])) await writing;
        const folded = await engine.fold(batch);
        if (folded) this.board.received(arrivedAtMs);
        await writing;
        if (folded) writing = write(folded);
        else if (batch.live) this.board.live();
        // A failed write ends the wait for the next batch too.
        writing.catch((error: unknown) => this.broken.abort(error));
      }
    } catch (error) {
      // Once this run is broken, the log's own error is only that it was told to end.
      throw this.broken.signal.aborted ? this.broken.signal.reason : error;
    } finally {
      await writing;
    }
    if (!this.signal.aborted) throw new Error('the log ended');
    this.broken.signal.throwIfAborted();
  }

  private batches(from: bigint | undefined): AsyncIterable<LogBatch> {
    return this.options.source(from, { signal: this.signal, batchMax: this.options.batchMax ?? 5_000 });
  }

  private async write(client: PoolClient, batch: FoldedBatch, tenure: Tenure): Promise<void> {
    const began = performance.now();
    try {
      await client.query(batchStatement(batch, tenure));
    } catch (error) {
      // `pg` rejects with errors only.
      throw await diagnose(this.options.dataSource, batch, tenure, error as Error);
    }
    for (const parking of batch.parkings) this.experience.verdicts.carriedOut(parking);
    for (const error of batch.stops) this.options.log.error({ err: error }, 'A projection has stopped');
    this.board.committed(batch);
    const { events, live, to } = batch;
    if (to.position === undefined) return;
    const writeMs = performance.now() - began;
    this.options.onBatch?.({ events: events.length, live, position: to.position, writeMs });
  }
}
