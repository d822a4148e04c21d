import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { LogBatch } from '#event-store/source';
import type { Tenure } from '../batch-statement.js';
import { Continuity } from '../continuity.js';
import { diagnose } from '../diagnose.js';
import { Engine, type FoldedBatch } from '../engine.js';
import { ParkedEvents } from '../parked-events.js';
import { beginningWithCare, careOf } from '../parked-care.js';
import type { RunnerOptions } from '../runner-options.js';
import type { TableShape } from '../table-shape.js';
import type { Verdicts } from '../verdicts.js';
import { Feed } from './feed.js';
import { finishTable } from './finish.js';
import { planOf, readState, textOf } from './plan.js';
import type { Preparation } from './prepare-next.js';
import type { RebuildProgress } from './progress.js';
import { NotNow, swapTables } from './swap.js';
import { writeNext } from './write-next.js';

const lookMs = 250;
const comeToMs = 1_000;
/** Small enough that the live reader, in the same thread, gets its turn between two of them. */
const batchMax = 2_000;

export interface PassOptions {
  readonly runner: RunnerOptions;
  readonly shapes: readonly TableShape[];
  readonly tenure: Tenure;
  readonly liveGroup: string;
  readonly owner: string;
  readonly verdicts: Verdicts;
  readonly progress: RebuildProgress;
  readonly signal: AbortSignal;
}

/** One pass over the log, for all tables that are being built: it ends when they are live, or when something else is wanted. */
export class Pass {
  private readonly feed: Feed;
  private writing: Promise<void> = Promise.resolve();
  private lookedAtMs = performance.now();
  /** Where the last event is that has been applied, and the last that the live tables had seen at the last look. */
  private at: bigint | undefined;
  private liveAt: bigint | undefined;

  private constructor(
    private readonly options: PassOptions,
    private readonly preparation: Preparation,
    private readonly engine: Engine,
    private readonly client: PoolClient,
    signal: AbortSignal,
  ) {
    const { read } = preparation.standing;
    const { source } = options.runner;
    const size = Math.min(batchMax, options.runner.batchMax ?? batchMax);
    this.feed = new Feed(beginningWithCare(source(read.position, { signal, batchMax: size })));
    this.at = read.eventPosition;
  }

  /** Throws what stops a reader, and TakenOver when another process builds by now. */
  static async run(options: PassOptions, preparation: Preparation): Promise<void> {
    const { dataSource, catalogue, eventAt, parkedKeysMax: keysMax = 100 } = options.runner;
    const { read, progress } = preparation.standing;
    const shapes = progress.map(({ shape }) => shape);
    const { verdicts } = options;
    const parked = await ParkedEvents.load(shapes, { dataSource, catalogue, eventAt, verdicts, keysMax });
    const continuity = new Continuity(dataSource, options.tenure.readerGroup, read.position);
    const engine = new Engine(catalogue, continuity, progress, read, parked);
    const runner = dataSource.createQueryRunner();
    const ending = new AbortController();
    try {
      // TypeORM types the connection of its query runner as any; of the Postgres driver it is a client of the pool.
      const client = (await runner.connect()) as PoolClient;
      const signal = AbortSignal.any([options.signal, ending.signal]);
      const pass = new Pass(options, preparation, engine, client, signal);
      try {
        await pass.toTheEnd();
      } finally {
        ending.abort();
        pass.feed.close();
        await pass.writing.catch(() => undefined);
      }
    } finally {
      await runner.release();
    }
  }

  private async toTheEnd(): Promise<void> {
    if (!(await this.catchUp())) return;
    await this.finish();
    for (let attempt = 1; !(await this.swap(attempt)); attempt++) {
      await Promise.race([this.feed.arrival(), this.pause(Math.min(1_000, 50 * attempt))]);
      if (this.feed.isReady ? !(await this.catchUp()) : !(await this.isStillWanted())) return;
    }
  }

  /** Reads on to where the live tables are. False when something else is wanted by now. */
  private async catchUp(): Promise<boolean> {
    for (;;) {
      const isLive = await this.follow();
      if (!(await this.isStillWanted())) return false;
      if (!isLive && (this.at ?? -1n) < (this.liveAt ?? this.at ?? 0n)) continue;
      await this.writing;
      return true;
    }
  }

  /** Applies the next batch, while the one before is being written. True when the log's end is reached. */
  private async follow(last?: bigint): Promise<boolean> {
    const batch = await this.feed.next(last);
    await this.apply(batch);
    await setImmediate();
    return batch.live;
  }

  private async apply(batch: LogBatch): Promise<void> {
    if (careOf(batch.events[0])) await this.writing;
    const folded = await this.engine.fold(batch);
    await this.writing;
    if (!folded) return;
    this.at = folded.to.eventPosition;
    this.writing = this.write(folded);
    this.writing.catch(() => undefined);
  }

  private async write(batch: FoldedBatch): Promise<void> {
    const { runner, tenure, progress, verdicts } = this.options;
    try {
      await writeNext(this.client, batch, tenure);
    } catch (error) {
      // `pg` rejects with errors only.
      throw await diagnose(runner.dataSource, batch, tenure, error as Error);
    }
    for (const parking of batch.parkings) verdicts.carriedOut(parking);
    const [stopped] = batch.stops;
    if (stopped) throw stopped;
    progress.applied(batch.events.length);
  }

  private async finish(): Promise<void> {
    const { runner, tenure, progress } = this.options;
    progress.now({ phase: 'indexing' });
    const { stored } = await readState(runner.dataSource, this.options.liveGroup);
    for (const { shape } of this.preparation.standing.progress) {
      const next = stored.find(({ place, name }) => place === 'next' && name === shape.projection.name);
      if (next?.phase === 'loading') await finishTable(runner.dataSource, shape, tenure);
    }
    progress.now({ phase: 'following' });
  }

  /** False when readers are in the way. */
  private async swap(attempt: number): Promise<boolean> {
    const { runner, tenure, liveGroup, owner, progress } = this.options;
    const { jobs } = this.preparation.plan;
    try {
      progress.now({ phase: 'swapping' });
      await swapTables(runner.dataSource, {
        jobs,
        tenure,
        liveGroup,
        owner,
        comeTo: (last) => this.comeTo(last),
      });
      runner.log.info(
        { projections: jobs.map(({ shape }) => shape.projection.name) },
        'Rebuilt tables are live',
      );
      return true;
    } catch (error) {
      if (!(error instanceof NotNow)) throw error;
      progress.now({ phase: 'following', waitsFor: error.message });
      if (attempt % 20 === 0)
        runner.log.warn({ why: error.message, attempt }, 'Rebuilt tables wait to go live');
      return false;
    }
  }

  private async comeTo(last: bigint | undefined): Promise<void> {
    const until = performance.now() + comeToMs;
    await this.writing;
    while (this.at !== last) {
      if (last === undefined || (this.at !== undefined && this.at > last))
        throw new NotNow('the live tables are behind');
      const leftMs = until - performance.now();
      const arrived = this.feed.arrival().then(() => true);
      if (leftMs <= 0 || !(await Promise.race([arrived, this.pause(leftMs)])))
        throw new NotNow('the log is slow');
      await this.follow(last);
      await this.writing;
    }
  }

  private async pause(ms: number): Promise<false> {
    await pause(ms, undefined, { signal: this.options.signal }).catch(() => undefined);
    return false;
  }

  /** Looks every now and then whether what is being built is what is wanted. */
  private async isStillWanted(): Promise<boolean> {
    this.options.signal.throwIfAborted();
    if (performance.now() - this.lookedAtMs < lookMs) return true;
    this.lookedAtMs = performance.now();
    const { runner, shapes, liveGroup, owner, progress } = this.options;
    const { plan } = this.preparation;
    const state = await readState(runner.dataSource, liveGroup);
    progress.now({ ofEvents: Number(state.reader?.events ?? 0) });
    const last = state.reader?.event_position;
    this.liveAt = typeof last === 'string' ? BigInt(last) : undefined;
    return textOf(planOf(shapes, state, owner)) === textOf({ ...plan, drops: [] });
  }
}
