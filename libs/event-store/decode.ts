import { envelope } from '#kernel/envelope';
import { schemaVersionOf, type EventTable } from '#kernel/message';
import { streamOf, type Recorded } from '#kernel/recorded';
import { UnknownEvent } from './ask.js';
import type { RawEvent } from './source.js';

/** The event tables that a process knows, by category. */
export type Catalogue = ReadonlyMap<string, EventTable>;

export const catalogueOf = (tables: readonly EventTable[]): Catalogue =>
  new Map(tables.map((table) => [table.category, table]));

export function decode(catalogue: Catalogue, raw: RawEvent): Recorded {
  const dash = raw.stream.indexOf('-');
  const category = raw.stream.slice(0, dash);
  const table = catalogue.get(category);
  const shape = table?.shapes[raw.type];
  if (!table || !shape) throw new UnknownEvent(`${raw.type} in ${category}`);
  const meta = envelope.parse(raw.metadata);
  if (meta.schemaVersion > schemaVersionOf(table, raw.type)) throw new UnknownEvent(raw.type);
  let data = raw.data as Record<string, unknown>;
  for (const upcast of (table.upcasters[raw.type] ?? []).slice(meta.schemaVersion - 1)) data = upcast(data);
  const id = raw.stream.slice(dash + 1);
  return {
    eventId: raw.eventId,
    type: raw.type,
    data: shape.parse(data),
    meta,
    category,
    id,
    stream: streamOf(category, id),
    revision: raw.revision,
    position: raw.position,
  };
}
