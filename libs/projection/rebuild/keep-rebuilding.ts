import { setTimeout as pause } from 'node:timers/promises';
import { QueryFailedError } from 'typeorm';
import { DecodeError } from '#event-store/decode';
import { BatchRefused, RebuildNeeded, Refused, Stopped, TakenOver } from '../errors.js';
import { Lease, LEASE_MS } from '../lease.js';
import type { RunnerOptions } from '../runner-options.js';
import type { StatusBoard } from '../status-board.js';
import { nextSchema, tableShape, type TableShape } from '../table-shape.js';
import { Verdicts } from '../verdicts.js';
import { Pass } from './pass.js';
import { isOf, planOf, readState, textOf, type State } from './plan.js';
import { prepareNext } from './prepare-next.js';

const lookMs = 250;
/** What has not passed by itself after so many tries is tried more seldom. */
const quickTries = 40;
const seldomMs = 5_000;

/**
 * Builds whatever table is to be built beside the live one, until it is stopped: because a person has asked for it, or because
 * the one that is live is not of this release. One process builds at a time; what it has not ended the next one goes on with.
 */
export async function keepRebuilding(
  options: RunnerOptions,
  owner: string,
  board: StatusBoard,
  signal: AbortSignal,
): Promise<void> {
  const builder = new Builder(options, owner, board, signal);
  let failures = 0;
  while (!signal.aborted) {
    try {
      await builder.round();
      failures = 0;
    } catch (error) {
      failures++;
      builder.failed(error);
    }
    board.rebuild.ended();
    const waitMs = failures < quickTries ? lookMs : seldomMs;
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

class Builder {
  private readonly liveGroup: string;
  private readonly readerGroup: string;
  private readonly lease: Lease;
  private readonly verdicts = new Verdicts();
  private shapes: readonly TableShape[] = [];
  private wanted = '';
  /** What was wanted when a build stopped for good: it is not tried again before something else is wanted. */
  private stoppedAt: string | undefined;

  constructor(
    private readonly options: RunnerOptions,
    private readonly owner: string,
    private readonly board: StatusBoard,
    private readonly signal: AbortSignal,
  ) {
    this.liveGroup = options.readerGroup ?? 'projections';
    this.readerGroup = `${this.liveGroup}/rebuild`;
    this.lease = new Lease(options.dataSource, this.readerGroup, owner, LEASE_MS);
  }

  /** Does what is wanted at the moment, if anything is. */
  async round(): Promise<void> {
    const { dataSource, projections } = this.options;
    if (this.shapes.length === 0)
      this.shapes = await Promise.all(projections.map((each) => tableShape(dataSource, each)));
    const state = await readState(dataSource, this.liveGroup);
    this.board.rebuild.pending = pendingOf(this.shapes, state);
    if (await this.completeFirst(state)) return;
    const plan = planOf(this.shapes, state, this.owner);
    this.wanted = textOf(plan);
    if (this.wanted === '' || this.wanted === this.stoppedAt) return;
    const epoch = await this.lease.take();
    if (epoch === undefined) return;
    const broken = new AbortController();
    const heart = setInterval(() => void this.beat(epoch, broken), LEASE_MS / 3);
    try {
      await this.build(epoch, AbortSignal.any([this.signal, broken.signal]));
    } finally {
      clearInterval(heart);
      await this.lease.giveBack(epoch).catch(() => undefined);
    }
  }

  /** Notes an error that ended a round. What a person has to deal with stops this build, and never the live tables. */
  failed(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (this.signal.aborted || isNotThereYet(error)) return;
    if (error instanceof Refused && this.verdicts.add(error.verdicts)) return;
    const final = error instanceof Refused ? new BatchRefused(undefined, undefined, error.cause) : error;
    if (final instanceof Stopped || final instanceof DecodeError) {
      this.stoppedAt = this.wanted;
      this.board.rebuild.failure = final;
      this.options.log.error(
        { err: final, wanted: this.wanted },
        'A rebuild has stopped; the live tables go on',
      );
    } else {
      this.options.log.warn({ err: final }, 'A rebuild resumes from its checkpoint');
    }
  }

  private async build(epoch: bigint, signal: AbortSignal): Promise<void> {
    const { liveGroup, readerGroup, owner, options, shapes, verdicts } = this;
    const progress = this.board.rebuild;
    const tenure = { readerGroup, epoch, logId: options.logId, schema: nextSchema } as const;
    const preparation = await prepareNext(options.dataSource, shapes, tenure, { liveGroup, owner });
    const { plan, standing } = preparation;
    if (plan.jobs.length === 0) return;
    for (const { position, eventId } of standing.marks) {
      if (!(await options.verify(position, eventId)))
        throw new RebuildNeeded(`event ${eventId} is not at position ${position} of the log`);
    }
    const names = plan.jobs.map(({ shape }) => shape.projection.name);
    progress.began(names, standing.events);
    options.log.info(
      { projections: names, from: standing.read.position },
      'Tables are built beside the live ones',
    );
    await Pass.run(
      { runner: options, shapes, tenure, liveGroup, owner, verdicts, progress, signal },
      preparation,
    );
  }

  /** Once it is complete, a table that was made in its place is the outcome of all that had been asked for by then. */
  private async completeFirst({ stored, care }: State): Promise<boolean> {
    const first = stored.filter(({ place, generation }) => place === 'live' && generation === null);
    if (first.length === 0 || this.board.status().state !== 'live') return false;
    for (const { name } of first) {
      const generation = care.find((each) => each.name === name)?.generation ?? 0;
      await this.options.dataSource.query(
        'UPDATE views.checkpoints SET generation = $2 WHERE name = $1 AND generation IS NULL',
        [name, generation],
      );
    }
    return true;
  }

  private async beat(epoch: bigint, broken: AbortController): Promise<void> {
    try {
      if (!(await this.lease.renew(epoch))) broken.abort(new TakenOver(this.readerGroup));
    } catch (error) {
      broken.abort(error);
    }
  }
}

/** The projections whose live table is not of this release, or is not there. */
function pendingOf(shapes: readonly TableShape[], { stored, reader }: State): ReadonlySet<string> {
  if (!reader || reader.position === null) return new Set();
  const live = stored.filter(({ place }) => place === 'live');
  const missing = shapes.filter((shape) => {
    const own = live.find(({ name }) => name === shape.projection.name);
    return !own || !isOf(shape)(own);
  });
  return new Set(missing.map(({ projection }) => projection.name));
}

/** Before the first start the engine's tables are still to be made. */
const isNotThereYet = (error: Error): boolean =>
  error instanceof QueryFailedError && ['42P01', '3F000'].includes(String(error.driverError.code));
