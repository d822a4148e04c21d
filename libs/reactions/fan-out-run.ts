import { decode } from '#event-store/decode';
import type { Answer } from '#event-store/ask';
import { foldStream } from '#event-store/fold-stream';
import { derivedId } from '#event-store/ids';
import { systemCause } from '#event-store/log';
import { streamOf, type Recorded } from '#kernel/recorded';
import { persist } from './attempts.js';
import { askOf, type Permit } from './effect.js';
import { TooManyParked } from './errors.js';
import type { FanOut, Job, Targets } from './fan-out.js';
import type { FanOutOptions } from './fan-out-options.js';
import { fanOutJob, type FanOutJob } from './fan-out-job.js';
import { findPlace, placeOf } from './place.js';
import { Slots } from './slots.js';

/** So many targets of one job may fail: beyond it, it is not theirs, and the job itself is parked before its next page. */
const PARKED_MAX = 100;

interface Outcomes {
  readonly done: number;
  readonly refused: readonly { readonly id: string; readonly code: string }[];
  readonly parked: readonly { readonly id: string; readonly cause: string }[];
}

interface Progress {
  readonly cursor?: string;
  readonly parked: readonly string[];
}

/** One job, from where its stream says it has come. */
export class FanOutRun {
  private readonly targets: Targets;
  /** As far as it is known here; undefined when it is to be read again. */
  private progress: Progress | undefined;

  constructor(
    private readonly fanOut: string,
    private readonly job: Job,
    private readonly event: Recorded,
    private readonly id: string,
    private readonly permit: Permit,
    private readonly options: FanOutOptions,
  ) {
    this.targets = options.targetsOf(job.targets);
  }

  /**
   * The list is read page by page behind a cursor, and is a living table: who comes or goes meanwhile may be met or not, and whoever was in
   * it at the time of the cause and stays there is met. That is what it waits for the cause for; the head of the log at its own start, which
   * timers wait for, lies before that or is of no concern to it.
   */
  async toTheEnd(): Promise<void> {
    if ((await this.state())?.finished) return;
    const { fanOut, event, job } = this;
    const asOf = await this.targets.reached(event.position, this.permit.signal);
    await this.tell('StartFanOut', '', {
      ...{ fanOut, cause: placeOf(event), command: job.type, asOf: String(asOf) },
    });
    for (let ids = await this.next(); ids.length > 0; ids = await this.next()) await this.page(ids);
    await this.tell('FinishFanOut', '', {});
  }

  /** Asks those again that failed. */
  async retry(request: string): Promise<void> {
    const { parked = [] } = (await this.state()) ?? {};
    await this.tell('RecordFanOutRetry', request, { ...(await this.askAll(parked)) });
  }

  private async next(): Promise<readonly string[]> {
    this.progress ??= (await this.state()) ?? unbegun(this.id);
    return this.targets.page(this.progress.cursor, this.options.pageSize ?? 200);
  }

  private async page(ids: readonly string[]): Promise<void> {
    const { cursor: after, parked } = this.progress ?? unbegun(this.id);
    const outcomes = await this.askAll(ids);
    const failed = [...parked, ...outcomes.parked.map(({ id }) => id)];
    if (failed.length > PARKED_MAX)
      throw new TooManyParked(this.fanOut, PARKED_MAX, outcomes.parked.at(-1)?.cause ?? '');
    const cursor = ids.at(-1) ?? '';
    const noted = await this.tell('AdvanceFanOut', cursor, { ...(after && { after }), cursor, ...outcomes });
    // Another process that noted this page before may have noted more.
    const first = !noted.repeated && noted.events.length > 0;
    this.progress = first ? { cursor, parked: failed } : undefined;
  }

  private async askAll(ids: readonly string[]): Promise<Outcomes> {
    const { inFlightMax = 16 } = this.options;
    const slots = new Slots(inFlightMax);
    const outcomes = await Promise.all(
      ids.map(async (id) => ({ id, ...(await slots.take(() => this.askOne(id))) })),
    );
    return {
      done: outcomes.filter(({ is }) => is === 'done').length,
      refused: outcomes.flatMap((each) => (each.is === 'refused' ? [{ id: each.id, code: each.code }] : [])),
      parked: outcomes.flatMap((each) => (each.is === 'failed' ? [{ id: each.id, cause: each.cause }] : [])),
    };
  }

  private askOne(id: string) {
    const { decider, type, data } = this.job;
    const { engine, log } = this.options;
    const target = streamOf(decider.events.category, id);
    const commandId = derivedId('fan-out', this.fanOut, this.event.eventId, target);
    const ask = () => engine.executor.execute(askOf({ decider, id, type, data }, this.event, commandId));
    return persist(ask, this.permit, (err) =>
      log.warn({ err, target, command: type, fanOut: this.id }, 'A fan-out has failed at a target'),
    );
  }

  /** What it notes in the job's stream is a command with an id of its own: noted once, by whichever process. */
  private async tell(type: string, which: string, data: object): Promise<Answer> {
    const { engine } = this.options;
    const commandId = derivedId(type, this.id, which);
    const { $correlationId: correlationId } = this.event.meta;
    const cause = {
      ...systemCause('system:reaction', commandId),
      correlationId,
      causationId: this.event.eventId,
    };
    return engine.executor.execute({ decider: fanOutJob, id: this.id, command: { type, data }, cause });
  }

  private async state(): Promise<FanOutJob> {
    const { store, catalogue } = this.options.engine;
    return (await foldStream(store, catalogue, fanOutJob, this.id)).state;
  }
}

/** Asks the parked targets of a job again, as a person has requested: the job is found again by its cause. */
export async function retryParked(
  fanOut: FanOut,
  request: Recorded,
  permit: Permit,
  options: FanOutOptions,
): Promise<void> {
  const { store, catalogue } = options.engine;
  const { state } = await foldStream(store, catalogue, fanOutJob, request.id);
  if (!state) return unbegun(request.id);
  const event = decode(catalogue, await findPlace(store, state.cause));
  const job = fanOut.jobOf(event);
  if (!job) throw new Error(`${fanOut.name} no longer makes a job of ${event.type}`);
  await new FanOutRun(fanOut.name, job, event, request.id, permit, options).retry(request.eventId);
}

function unbegun(id: string): never {
  throw new Error(`the job ${id} has not been begun`);
}
