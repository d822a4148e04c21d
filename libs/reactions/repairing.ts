import type { Engine } from '#event-store/engine';
import type { RawEvent } from '#event-store/source';
import type { Recorded } from '#kernel/recorded';
import type { Attempts } from './attempts.js';
import type { Journal } from './journal.js';
import { findPlace } from './place.js';
import type { Parked } from './reaction-events.js';
import type { WorkReader } from './work.js';

const BATCH_MAX = 500;

/**
 * Does what a person has decided about a parked target. What was held back for it is kept nowhere but in the log itself, which is
 * read again from where the target was parked up to the person's decision. That costs a read of that part of the log and keeps
 * the reaction's own stream small, however long a target stays parked.
 */
export class Repairing {
  constructor(
    private readonly journal: Journal,
    private readonly engine: Pick<Engine, 'store' | 'source'>,
    private readonly work: WorkReader,
    private readonly attempts: Attempts,
    private readonly signal: AbortSignal,
  ) {}

  /** A decision about what is not parked, or has been parked anew since, changes nothing. */
  async repair(target: string, decision: Recorded): Promise<void> {
    const { store, source } = this.engine;
    const parked = this.journal.known.parked.get(target);
    if (!parked || !isMeant(parked, decision)) return;
    const first = await findPlace(store, parked.at);
    if (decision.type !== 'ReactionSkipped' && (await this.again(target, first)) === 'parked') return;
    for await (const { events } of source(first.position, { signal: this.signal, batchMax: BATCH_MAX })) {
      for (const raw of events) {
        if (raw.position >= decision.position) return this.journal.resume(target, decision);
        if ((await this.again(target, raw)) === 'parked') return;
      }
    }
    this.signal.throwIfAborted();
    throw new Error('the log ended before the decision that had been read from it');
  }

  private async again(target: string, raw: RawEvent): Promise<'over' | 'parked'> {
    const work = this.work.read(raw);
    for (const effect of work?.effects ?? []) {
      if (!work || effect.target !== target) continue;
      if ((await this.attempts.carryOut(effect, work.event)) === 'parked') return 'parked';
    }
    return 'over';
  }
}

function isMeant({ at }: Parked, { type, data }: Recorded): boolean {
  // A skip names the event that it means, so that one that comes twice skips one.
  return type !== 'ReactionSkipped' || (data as { readonly eventId: string }).eventId === at.eventId;
}
