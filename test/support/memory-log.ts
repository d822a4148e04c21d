import { randomUUID } from 'node:crypto';
import type { LogBatch, LogSource, RawEvent } from '#event-store/source';
import { streamOf } from '#kernel/recorded';
import { instantOfEpochMs } from '#kernel/time';

const firstInstantMs = Date.parse('2026-01-01T00:00:00Z');

/** A log in memory that a test appends to and reads from as it likes: in any batches, repeated, reordered, failing. */
export class MemoryLog {
  readonly events: RawEvent[] = [];
  private readonly revisions = new Map<string, bigint>();
  private waiting: (() => void)[] = [];

  append(category: string, id: string, type: string, data: object, metadata: object = {}): RawEvent {
    const stream = streamOf(category, id);
    const revision = (this.revisions.get(stream) ?? -1n) + 1n;
    const position = BigInt(this.events.length * 100 + 100);
    const at = instantOfEpochMs(firstInstantMs + this.events.length * 1000);
    const event: RawEvent = {
      eventId: randomUUID(),
      stream,
      type,
      revision,
      position,
      data,
      metadata: { ...envelopeAt(at), subjects: [`${category}:${id}`], ...metadata },
    };
    this.revisions.set(stream, revision);
    this.events.push(event);
    this.wake();
    return event;
  }

  get head(): bigint {
    return this.events.at(-1)?.position ?? 0n;
  }

  readonly verify = async (position: bigint, eventId: string): Promise<boolean> =>
    this.events.some((event) => event.position === position && event.eventId === eventId);

  readonly eventAt = async (position: bigint): Promise<RawEvent | undefined> =>
    this.events.find((event) => event.position === position);

  /** Delivers in batches of the sizes given, then of `batchMax`. */
  source(sizes: readonly number[] = []): LogSource {
    return (from, { signal, batchMax }) => this.read(from ?? -1n, signal, batchMax, [...sizes]);
  }

  private async *read(
    from: bigint,
    signal: AbortSignal,
    batchMax: number,
    sizes: number[],
  ): AsyncIterable<LogBatch> {
    signal.addEventListener('abort', () => this.wake(), { once: true });
    let next = this.events.findIndex(({ position }) => position > from);
    if (next < 0) {
      next = this.events.length;
      yield { events: [], position: from < 0n ? 0n : from, live: true };
    }
    while (!signal.aborted) {
      if (next < this.events.length) {
        const events = this.events.slice(next, next + Math.min(batchMax, sizes.shift() ?? batchMax));
        next += events.length;
        yield batchOf(events, next === this.events.length);
      } else {
        await new Promise<void>((resolve) => this.waiting.push(resolve));
      }
    }
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}

/** Delivers exactly these batches, and then nothing more. */
export function scripted(batches: readonly (readonly RawEvent[])[]): LogSource {
  return async function* (_from, { signal }) {
    for (const events of batches) yield batchOf(events, true);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  };
}

function batchOf(events: readonly RawEvent[], live: boolean): LogBatch {
  const position = events.reduce((most, event) => (event.position > most ? event.position : most), 0n);
  return { events, position, live };
}

const envelopeAt = (at: string) => ({
  schemaVersion: 1,
  recordedAt: at,
  effectiveAt: at,
  actor: 'staff:1',
  authority: 'clerk',
  $correlationId: '3b6c1c1e-7a3e-4b8e-9d83-0d3f5c7d0a01',
  $causationId: '3b6c1c1e-7a3e-4b8e-9d83-0d3f5c7d0a02',
  commandId: '3b6c1c1e-7a3e-4b8e-9d83-0d3f5c7d0a03',
});
