import { EventStoreDBClient, NO_STREAM, START, type AllStreamResolvedEvent } from '@eventstore/db-client';
import type { NewEvent } from '#event-store/store';

/** The official client and nothing else: what everything above it is measured against. */
export class BareClient {
  readonly client: EventStoreDBClient;

  constructor(url: string) {
    this.client = EventStoreDBClient.connectionString(url);
  }

  /** Appends after revision `expected`, -1 for a new stream. */
  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<unknown> {
    return this.client.appendToStream(stream, events.map(asClientEvent), {
      expectedRevision: expected < 0 ? NO_STREAM : BigInt(expected),
    });
  }

  /** Reads the whole log, and calls back for each event that is not the server's own; answers how many there were. */
  async readAll(
    each: (event: NonNullable<AllStreamResolvedEvent['event']>) => void = () => undefined,
  ): Promise<number> {
    let count = 0;
    for await (const { event } of this.client.readAll({ fromPosition: START })) {
      if (!event || event.streamId.startsWith('$')) continue;
      count++;
      each(event);
    }
    return count;
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}

const asClientEvent = ({ eventId, type, data, metadata }: NewEvent) => ({
  id: eventId,
  contentType: 'application/json' as const,
  type,
  data,
  metadata,
});
