import { LRUCache } from 'lru-cache';
import type { AnyHistory, Need } from '#kernel/decider';
import type { Envelope } from '#kernel/envelope';
import { streamOf } from '#kernel/recorded';
import type { Catalogue } from './decode.js';
import { foldOn, type Folded } from './fold-stream.js';
import type { EventStore } from './store.js';

/** The foreign streams that a decision rests on, folded. */
export interface Foreign {
  readonly basis: NonNullable<Envelope['basis']>;
  stateOf(history: AnyHistory, id: string): unknown;
}

const STREAMS_CACHED_MAX = 1_000;

/** Folds the streams that rules need but do not decide about. Each decision rests on a read that began after it was asked for. */
export class ForeignStreams {
  private readonly streams = new LRUCache<string, ForeignStream>({ max: STREAMS_CACHED_MAX });

  constructor(
    private readonly store: EventStore,
    private readonly catalogue: Catalogue,
  ) {}

  /** Folds what is needed, and notes at which revision each stream was. */
  async fold(needs: readonly Need[]): Promise<Foreign> {
    const states = new Map<string, unknown>();
    const basis: { stream: string; revision: string }[] = [];
    for (const { history, id } of needs) {
      const stream = streamOf(history.events.category, id);
      const { state, revision } = await this.streamOf(history, id).read();
      states.set(stream, state);
      basis.push({ stream, revision: String(revision) });
    }
    return {
      basis,
      stateOf(history: AnyHistory, id: string) {
        const stream = streamOf(history.events.category, id);
        if (!states.has(stream)) throw new Error(`the rule did not declare that it needs ${stream}`);
        return states.get(stream);
      },
    };
  }

  forgetAll(): void {
    this.streams.clear();
  }

  private streamOf(history: AnyHistory, id: string): ForeignStream {
    const stream = streamOf(history.events.category, id);
    const known = this.streams.get(stream);
    // Two histories may fold one stream to different states.
    if (known?.history === history) return known;
    const made = new ForeignStream(history, id, this.store, this.catalogue);
    this.streams.set(stream, made);
    return made;
  }
}

/** One foreign stream, read on from where it was read last. */
class ForeignStream {
  private folded: Folded<unknown>;
  private reading: Promise<unknown> = Promise.resolve();
  private next: Promise<Folded<unknown>> | undefined;

  constructor(
    readonly history: AnyHistory,
    private readonly id: string,
    private readonly store: EventStore,
    private readonly catalogue: Catalogue,
  ) {
    this.folded = { state: history.initial, revision: -1n };
  }

  /** All who ask while a read is under way share the one after it: theirs began after they asked. */
  read(): Promise<Folded<unknown>> {
    this.next ??= this.reading.then(this.readOn, this.readOn);
    return this.next;
  }

  private readonly readOn = (): Promise<Folded<unknown>> => {
    this.next = undefined;
    const reading = foldOn(this.store, this.catalogue, this.history, this.id, this.folded).then(
      (folded) => (this.folded = folded),
    );
    this.reading = reading;
    return reading;
  };
}
