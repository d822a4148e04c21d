import { categoryOf, decode, type Catalogue } from '#event-store/decode';
import type { RawEvent } from '#event-store/source';
import { streamOf, type Recorded } from '#kernel/recorded';
import type { Effect, Follower } from './effect.js';
import { ReactionFailed } from './errors.js';
import { repairEvents } from './repair-events.js';

/** What an event of the log means to a reaction. */
export interface Work {
  readonly event: Recorded;
  readonly effects: readonly Effect[];
  /** The parked target that a person wants repaired. */
  readonly repairs?: string;
}

/**
 * Reads the log for one reaction. Undefined: nothing follows. Throws a DecodeError when this release does not know an event of a category
 * that the reaction listens to, and ReactionFailed.
 */
export class WorkReader {
  private readonly repairs: string;

  constructor(
    private readonly follower: Follower,
    private readonly catalogue: Catalogue,
  ) {
    this.repairs = streamOf(repairEvents.category, follower.name);
  }

  read(raw: RawEvent): Work | undefined {
    if (raw.stream === this.repairs) {
      const event = decode(this.catalogue, raw);
      // Every decision about a repair names its target.
      const { target } = event.data as { readonly target: string };
      return { event, effects: [], repairs: target };
    }
    if (!this.follower.categories.has(categoryOf(raw.stream))) return undefined;
    const event = decode(this.catalogue, raw);
    try {
      const effects = this.follower.effectsOf(event);
      return effects.length > 0 ? { event, effects } : undefined;
    } catch (error) {
      throw new ReactionFailed(this.follower.name, event, error);
    }
  }
}
