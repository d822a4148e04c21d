import { decodeRecord, TOMBSTONE_REVISION } from './codec.js';
import type { StreamState } from './append.js';
import {
  isMetastream,
  METASTREAM_METADATA,
  metadataText,
  metastreamOf,
  NO_METADATA,
  originalOf,
  parseMetadata,
  type StreamMetadata,
} from './metadata.js';
import { RecentMap } from './recent.js';
import type { Store } from './store.js';

/** The end of a stream: all that appending to it and reading from it need to know. */
export interface Head extends StreamState {
  /** The stream's number in the index; undefined as long as nothing was written to it. */
  readonly id: number | undefined;
  readonly metadata: StreamMetadata;
  /** The JSON that a deleted stream's next append rewrites. */
  readonly deletedMetadataJson: string | undefined;
}

const CACHED_HEADS = 20_000;

/** The head with the metadata that was last written to the stream's metadata stream. */
export function withMetadata(head: Head, json: string): Head {
  const metadata = parseMetadata(json);
  const { softDeleted } = metadata;
  return {
    ...head,
    metadata,
    softDeleted,
    hasMetadata: true,
    deletedMetadataJson: softDeleted ? json : undefined,
  };
}

/** The heads of all streams as they are on disk. The most recently used stay in memory, the others are looked up. */
export class Heads {
  private readonly cache = new RecentMap<Head>(CACHED_HEADS);

  constructor(private readonly store: Store) {}

  get(stream: string): Head {
    const cached = this.cache.get(stream);
    if (cached) return cached;
    const head = this.load(stream);
    this.cache.set(stream, head);
    return head;
  }

  set(stream: string, head: Head): void {
    this.cache.set(stream, head);
  }

  clear(): void {
    this.cache.clear();
  }

  private load(stream: string): Head {
    const id = this.store.streamId(stream);
    const revisions = id === undefined ? [] : this.store.lastRevisions(id);
    const endedHere = revisions[0] === TOMBSTONE_REVISION;
    // With a stream its metadata ends too.
    const tombstoned = endedHere || (isMetastream(stream) && this.get(originalOf(stream)).tombstoned);
    const head: Head = {
      id,
      revision: revisions[endedHere ? 1 : 0] ?? -1,
      tombstoned,
      softDeleted: false,
      hasMetadata: false,
      metadata: isMetastream(stream) ? METASTREAM_METADATA : NO_METADATA,
      deletedMetadataJson: undefined,
    };
    if (isMetastream(stream)) return head;
    const metadataJson = this.lastData(metastreamOf(stream));
    return metadataJson === undefined ? head : withMetadata(head, metadataJson);
  }

  private lastData(stream: string): string | undefined {
    const id = this.store.streamId(stream);
    const revision = id === undefined ? undefined : this.store.lastRevisions(id)[0];
    if (id === undefined || revision === undefined) return undefined;
    const record = this.store.revision(id, revision);
    return record && metadataText(decodeRecord(record.bytes));
  }
}
