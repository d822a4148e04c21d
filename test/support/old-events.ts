import { catalogueOf, decode } from '#event-store/decode';
import { schemaVersionOf, type EventTable } from '#kernel/message';
import { streamOf } from '#kernel/recorded';
import { sameData } from '#kernel/same';

/** One stored event as a file keeps it: what EventStoreDB holds, but for the numbers that the server gives. */
export interface StoredEvent {
  readonly eventId: string;
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: { readonly schemaVersion: number };
}

/** `category/Type.v1.json` -> what it holds. */
export type OldEvents = ReadonlyMap<string, StoredEvent>;

const pathOf = (category: string, type: string, version: number) => `${category}/${type}.v${version}.json`;

/** Every version of every event that these tables have ever had. */
const pathsOf = (tables: readonly EventTable[]): string[] =>
  tables.flatMap((table) =>
    Object.keys(table.shapes).flatMap((type) =>
      Array.from({ length: schemaVersionOf(table, type) }, (_, index) =>
        pathOf(table.category, type, index + 1),
      ),
    ),
  );

/** Reads an old event as every reader does. @throws DecodeError */
export const decodeOld = (tables: readonly EventTable[], stored: StoredEvent) =>
  decode(catalogueOf(tables), { ...stored, revision: 0n, position: 0n });

/** What keeps these files from being one of every event version ever stored, all of it legible. */
export function problemsOf(tables: readonly EventTable[], files: OldEvents): string[] {
  const expected = pathsOf(tables);
  const missing = expected.filter((path) => !files.has(path)).map((path) => `${path}: missing`);
  const leftOver = [...files.keys()].filter((path) => !expected.includes(path));
  const wrong = expected.flatMap((path) => {
    const stored = files.get(path);
    const problem = stored && problemOf(tables, path, stored);
    return problem ? [`${path}: ${problem}`] : [];
  });
  return [...missing, ...leftOver.map((path) => `${path}: no table knows it`), ...wrong];
}

function problemOf(tables: readonly EventTable[], path: string, stored: StoredEvent): string | undefined {
  try {
    const { category, id, type, data, meta } = decodeOld(tables, stored);
    const { schemaVersion } = stored.metadata;
    if (path !== pathOf(category, type, schemaVersion) || stored.stream !== streamOf(category, id))
      return 'holds another event than its name says';
    const isToday = tables.some(
      (table) => table.category === category && schemaVersionOf(table, type) === schemaVersion,
    );
    // A field that is read over in silence has been removed, and stored events are never robbed.
    if (isToday && !sameData(data, stored.data)) return 'its data is not read as it was stored';
    return sameData(meta, stored.metadata) ? undefined : 'its metadata is not read as it was stored';
  } catch (error) {
    return String(error);
  }
}
