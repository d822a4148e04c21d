import { LRUCache } from 'lru-cache';
import type { AnyDecider } from '#kernel/decider';
import { streamOf } from '#kernel/recorded';
import type { Aggregate } from './aggregate.js';
import { decode, type Catalogue } from './decode.js';
import type { EventStore } from './store.js';

/** The aggregates as this process knows them: read from the log, and the recently used kept in memory. */
export class Aggregates {
  private readonly cache: LRUCache<string, Aggregate>;

  constructor(
    private readonly store: EventStore,
    private readonly catalogue: Catalogue,
    cacheBytesMax: number,
  ) {
    this.cache = new LRUCache({ maxSize: cacheBytesMax, sizeCalculation: ({ bytes }) => bytes });
  }

  get count(): number {
    return this.cache.size;
  }

  get bytes(): number {
    return this.cache.calculatedSize;
  }

  /** As it is remembered, which others may have moved on. */
  recall(decider: AnyDecider, id: string): Aggregate | undefined {
    return this.cache.get(streamOf(decider.events.category, id));
  }

  /** Reads what is new in the log. Throws a DecodeError when this release cannot read it. */
  async catchUp(aggregate: Aggregate): Promise<Aggregate> {
    const stream = streamOf(aggregate.decider.events.category, aggregate.id);
    for await (const raw of this.store.readStream(stream, aggregate.revision + 1n)) {
      if (raw.revision !== aggregate.revision + 1n)
        throw new Error(`${stream} has a hole before ${raw.revision}`);
      aggregate.append(decode(this.catalogue, raw));
    }
    if (aggregate.revision >= 0n) this.keep(stream, aggregate);
    return aggregate;
  }

  keep(stream: string, aggregate: Aggregate): void {
    // The cache weighs what is put into it, and would not notice that what it holds already has grown.
    this.cache.delete(stream);
    this.cache.set(stream, aggregate);
  }

  forget(stream: string): void {
    this.cache.delete(stream);
  }

  forgetAll(): void {
    this.cache.clear();
  }
}
