import { envelope } from '#kernel/envelope';
import { schemaVersionOf, type EventTable } from '#kernel/message';
import type { Recorded } from '#kernel/recorded';
import type { RawEvent } from './source.js';

/** Every context's events, by category: what this release can read. */
export type Catalogue = ReadonlyMap<string, EventTable>;

/** Throws when two tables claim one category. */
export function catalogueOf(tables: readonly EventTable[]): Catalogue {
  const catalogue = new Map(tables.map((table) => [table.category, table]));
  if (catalogue.size < tables.length) throw new Error('two event tables have the same category');
  return catalogue;
}

/** This release cannot read an event: it is to be upgraded, or the event is damaged. Holds nothing of the event's data. */
export abstract class DecodeError extends Error {
  constructor(
    readonly event: Pick<RawEvent, 'eventId' | 'type' | 'stream' | 'position'>,
    what: string,
  ) {
    super(`${event.type} ${event.eventId} in ${event.stream} at position ${event.position}: ${what}`);
  }
}

/** No table of the catalogue names it: a newer release wrote it. */
export class UnknownEventType extends DecodeError {
  override readonly name = 'UnknownEventType';
}

/** It was written with a higher schema version than this release knows. */
export class SchemaTooNew extends DecodeError {
  override readonly name = 'SchemaTooNew';
}

/** It does not have the shape that its type promises. */
export class Undecodable extends DecodeError {
  override readonly name = 'Undecodable';
}

/** The category of a stream's name: what comes before its first hyphen. */
export const categoryOf = (stream: string): string => stream.slice(0, hyphenOf(stream));

const hyphenOf = (stream: string): number => {
  const hyphen = stream.indexOf('-');
  return hyphen < 0 ? stream.length : hyphen;
};

/**
 * Reads an event as this release understands it: lifted to today's schema, data and envelope parsed.
 * Throws UnknownEventType, SchemaTooNew or Undecodable.
 */
export function decode(catalogue: Catalogue, raw: RawEvent): Recorded {
  const category = categoryOf(raw.stream);
  const table = catalogue.get(category);
  const shape = table && Object.hasOwn(table.shapes, raw.type) ? table.shapes[raw.type] : undefined;
  if (!table || !shape) throw new UnknownEventType(raw, 'this release does not know this type');
  const meta = envelope.safeParse(raw.metadata);
  if (!meta.success) throw new Undecodable(raw, `metadata: ${paths(meta.error.issues)}`);
  const data = shape.safeParse(lifted(table, raw, meta.data.schemaVersion));
  if (!data.success) throw new Undecodable(raw, `data: ${paths(data.error.issues)}`);
  const { eventId, type, stream, revision, position } = raw;
  const id = stream.slice(category.length + 1);
  return { eventId, type, data: data.data, meta: meta.data, category, id, stream, revision, position };
}

function lifted(table: EventTable, raw: RawEvent, version: number): unknown {
  const today = schemaVersionOf(table, raw.type);
  if (version > today) throw new SchemaTooNew(raw, `schema version ${version}, this release knows ${today}`);
  if (version === today) return raw.data;
  const upcasters = table.upcasters[raw.type]?.slice(version - 1) ?? [];
  try {
    // An upcaster is written for the stored shape of its version; what it makes of anything else is parsed next.
    return upcasters.reduce((data, upcast) => upcast(data), raw.data as Record<string, unknown>);
  } catch (error) {
    throw new Undecodable(raw, `upcaster: ${error instanceof Error ? error.name : 'failed'}`);
  }
}

/** Which fields were wrong and how, without their values. */
const paths = (
  issues: readonly { readonly path: PropertyKey[]; readonly code?: string | undefined }[],
): string => issues.map(({ path, code }) => `${path.join('.') || '(whole)'} ${code ?? ''}`).join(', ');
