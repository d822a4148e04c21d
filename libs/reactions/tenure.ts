import { setMaxListeners } from 'node:events';
import { categoryOf } from '#event-store/decode';
import type { RawEvent } from '#event-store/source';
import { Turns } from '#event-store/turns';
import { Attempts } from './attempts.js';
import { isFinal } from './errors.js';
import type { Journal } from './journal.js';
import { findPlace, placeOf } from './place.js';
import { reactionEvents } from './reaction-events.js';
import { ADVANCE_MS, TAKEOVER_MS, type ReactorOptions } from './reactor-options.js';
import { Repairing } from './repairing.js';
import { Slots } from './slots.js';
import type { StatusBoard } from './status-board.js';
import { Watermark, type Open } from './watermark.js';
import { WorkReader, type Work } from './work.js';

const BATCH_MAX = 500;

/**
 * The time during which this process works for a reaction: in the order of the log for each target, side by side for different ones.
 *
 * Unlike a timer it need not wait for any table: an event is the fact itself, and a command that has been put before is recognised by
 * its id. A row of `deadlines`, which may be long settled, says neither.
 */
export class Tenure {
  private readonly broken = new AbortController();
  private readonly signal: AbortSignal;
  private readonly lanes = new Turns();
  private readonly inFlight: Slots;
  private readonly waiting: Slots;
  private readonly going = new Set<Promise<void>>();
  private readonly takeoverMs: number;
  private readonly work: WorkReader;
  private readonly attempts: Attempts;
  private readonly repairing: Repairing;
  private watermark = new Watermark(undefined);
  private advancing: Promise<void> | undefined;

  constructor(
    private readonly options: ReactorOptions,
    private readonly journal: Journal,
    private readonly board: StatusBoard,
    private readonly stopping: AbortSignal,
  ) {
    const { follower, engine, log, inFlightMax = 16, waitingMax = 1_000, takeoverMs = TAKEOVER_MS } = options;
    this.signal = AbortSignal.any([stopping, this.broken.signal]);
    // Each effect that waits before its next attempt listens to it.
    setMaxListeners(inFlightMax + 10, this.signal);
    this.inFlight = new Slots(inFlightMax);
    this.waiting = new Slots(waitingMax);
    this.takeoverMs = takeoverMs;
    this.work = new WorkReader(follower, engine.catalogue);
    const permit = { signal: this.signal, confirm: () => this.confirm() };
    this.attempts = new Attempts(journal, permit, log);
    this.repairing = new Repairing(journal, engine, this.work, this.attempts, this.signal);
  }

  /** Ends when it is told to, and throws what else ends it. Then nothing of it is under way any more. */
  async toTheEnd(): Promise<void> {
    const ticking = setInterval(() => this.tick(), this.options.advanceMs ?? ADVANCE_MS);
    try {
      await this.follow();
    } catch (error) {
      // What the log held before an event that cannot be read is done all the same.
      if (isFinal(error)) await Promise.all(this.going);
      this.broken.abort(error);
    }
    clearInterval(ticking);
    await Promise.all(this.going);
    await this.advancing;
    this.board.watermark = undefined;
    const { aborted, reason } = this.broken.signal;
    // Whoever goes on by itself is still the owner; the others need not wait until its time has run out.
    if (this.stopping.aborted || isFinal(reason))
      await this.journal.release(() => this.watermark.after).catch(() => undefined);
    if (aborted && !this.stopping.aborted) throw reason;
  }

  private async follow(): Promise<void> {
    const { after } = this.journal.known;
    const last = after && (await findPlace(this.options.engine.store, after));
    this.watermark = new Watermark(last && placeOf(last));
    this.board.watermark = this.watermark;
    this.board.state = 'catching-up';
    const source = this.options.engine.source(last?.position, { signal: this.signal, batchMax: BATCH_MAX });
    for await (const { events, live } of source) {
      for (const raw of events) await this.dispatch(raw);
      this.board.state = live ? 'live' : 'catching-up';
    }
    if (!this.signal.aborted) throw new Error('the log ended');
  }

  private async dispatch(raw: RawEvent): Promise<void> {
    const work = this.work.read(raw);
    const place = placeOf(raw);
    if (!work) return this.watermark.pass(place, categoryOf(raw.stream) !== reactionEvents.category);
    const todo = this.todoOf(work);
    const open = this.watermark.open(place, todo.length);
    for (const [target, carryOut] of todo) {
      await this.waiting.acquire();
      this.begin(target, carryOut, open);
    }
  }

  private todoOf({ event, effects, repairs }: Work): (readonly [string, () => Promise<unknown>])[] {
    if (repairs !== undefined) return [[repairs, () => this.repairing.repair(repairs, event)]];
    return effects.map((effect) => {
      // What comes for a parked target is passed: a repair finds it in the log again.
      const carryOut = async () =>
        this.journal.known.parked.has(effect.target) || (await this.attempts.carryOut(effect, event));
      return [effect.target, carryOut];
    });
  }

  private begin(target: string, carryOut: () => Promise<unknown>, open: Open): void {
    const inTurn = async () => {
      try {
        await this.lanes.take(target, () => this.inFlight.take(() => this.unlessOver(carryOut)));
        this.watermark.close(open);
        if (this.watermark.worked >= (this.options.advanceEvents ?? 1_000)) void this.advance();
      } catch (error) {
        this.broken.abort(error);
      } finally {
        this.waiting.release();
      }
    };
    const going = inTurn().finally(() => this.going.delete(going));
    this.going.add(going);
  }

  private async unlessOver(carryOut: () => Promise<unknown>): Promise<void> {
    this.signal.throwIfAborted();
    await carryOut();
  }

  /** Says how far it has come, or that it is still at it: only who is silent with work to do is taken for dead. */
  private tick(): void {
    const { worked, idle, oldest } = this.watermark;
    const silentMs = performance.now() - this.journal.confirmedAtMs;
    if (worked > 0 || idle >= 10_000 || (oldest && silentMs > this.takeoverMs / 3)) void this.advance();
  }

  /** A process that was stopped for a while may have been replaced, and asks nothing before it has made sure. */
  private async confirm(): Promise<void> {
    if (performance.now() - this.journal.confirmedAtMs > this.takeoverMs / 2) await this.advance();
    this.signal.throwIfAborted();
  }

  private advance(): Promise<void> {
    const said = () => {
      this.watermark.written();
      return this.watermark.after;
    };
    return (this.advancing ??= this.journal
      .advance(said)
      .catch((error: unknown) => this.broken.abort(error))
      .finally(() => (this.advancing = undefined)));
  }
}
