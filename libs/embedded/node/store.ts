import { open, type Database, type RootDatabase } from 'lmdb';
import { decodeRecord } from './codec.js';
import { positionKey, readInteger, revisionKey } from './keys.js';
import { usableLogFile } from './log-file.js';

/** A record and where it stands in the log. Positions grow by the length of the records, so they are not contiguous. */
export interface StoredRecord {
  readonly position: number;
  readonly bytes: Buffer;
}

/** A record that is to be stored: at a position, and as a revision of a stream. */
export interface NewRecord extends StoredRecord {
  readonly streamId: number;
  readonly revision: number;
}

/** Everything that is stored in one transaction. */
export interface Transaction {
  readonly records: NewRecord[];
  /** Streams that are named for the first time. */
  readonly names: Map<string, number>;
}

/** A page ends after this many bytes, so that a reader never holds more than that, or one record. */
const PAGE_BYTES = 256 * 1024;
const PAGE_RECORDS = 256;
/** LMDB's limit for a key. */
export const MAX_STREAM_NAME_BYTES = 1978;

const OWNER = Buffer.from('owner');
const TRIAL = Buffer.from('trial');

/**
 * The log on disk: records by position, an index of every stream's revisions, and the streams' names. What a read sees
 * is durable, because LMDB shows a transaction only after it has been flushed (`overlappingSync` off).
 */
export class Store {
  private constructor(
    private readonly environment: RootDatabase<Buffer, Buffer>,
    private readonly log: Database<Buffer, Buffer>,
    private readonly index: Database<Buffer, Buffer>,
    private readonly names: Database<Buffer, Buffer>,
    private readonly owner: Database<Buffer, Buffer>,
  ) {}

  static open(dataDir: string): Store {
    const path = usableLogFile(dataDir);
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    const environment = open<Buffer, Buffer>({
      path,
      overlappingSync: false,
      // The log commits one transaction at a time and says itself what belongs into it.
      eventTurnBatching: false,
      ...binary,
    });
    const database = (name: string): Database<Buffer, Buffer> => environment.openDB({ name, ...binary });
    return new Store(environment, database('log'), database('index'), database('names'), database('owner'));
  }

  /** Replaces the note of who works with the store, unless `replace` throws; no other process comes between. */
  replaceOwner(replace: (owner: Buffer | undefined) => Buffer): void {
    this.owner.transactionSync(() => {
      this.owner.putSync(OWNER, replace(this.owner.get(OWNER)));
    });
  }

  /** The position after the last record. */
  end(): number {
    for (const { key, value } of this.log.getRange({ reverse: true, limit: 1 })) {
      return readInteger(key, 0) + value.length;
    }
    return 0;
  }

  lastStreamId(): number {
    for (const key of this.index.getKeys({ reverse: true, limit: 1 })) return key.readUInt32BE(0);
    return 0;
  }

  streamId(name: string): number | undefined {
    return this.names.get(Buffer.from(name, 'utf8'))?.readUInt32BE(0);
  }

  record(position: number): Buffer | undefined {
    return this.log.get(positionKey(position));
  }

  /** The record of a stream at a revision. */
  revision(streamId: number, revision: number): StoredRecord | undefined {
    const entry = this.index.get(revisionKey(streamId, revision));
    return entry && this.at(readInteger(entry, 0));
  }

  /** The last two revisions of a stream, the last one first: a tombstone leaves the one before it of interest. */
  lastRevisions(streamId: number): number[] {
    const range = {
      start: revisionKey(streamId + 1, 0),
      end: revisionKey(streamId, 0),
      reverse: true,
      inclusiveEnd: true,
    };
    const revisions: number[] = [];
    for (const key of this.index.getKeys(range)) {
      if (key.readUInt32BE(0) === streamId) revisions.push(readInteger(key, 4));
      if (revisions.length === 2) break;
    }
    return revisions;
  }

  /** The next records from a position on: forwards including it, backwards before it. */
  page(from: number, direction: 'forwards' | 'backwards'): StoredRecord[] {
    const range =
      direction === 'forwards'
        ? { start: positionKey(from) }
        : { start: positionKey(from), exclusiveStart: true, reverse: true };
    return takePage(this.log.getRange(range), ({ key, value }) => ({
      position: readInteger(key, 0),
      bytes: value,
    }));
  }

  /** The next records of a stream between two revisions, both included; backwards if `from` is the greater. */
  streamPage(streamId: number, from: number, to: number): StoredRecord[] {
    const range = {
      start: revisionKey(streamId, from),
      end: revisionKey(streamId, to),
      inclusiveEnd: true,
      reverse: from > to,
    };
    return takePage(this.index.getRange(range), ({ value }) => this.at(readInteger(value, 0)));
  }

  /** Stores everything or nothing, and resolves when it is on disk. Rejects if it is not. */
  async commit({ records, names }: Transaction): Promise<void> {
    try {
      await this.environment.batch(() => {
        for (const [name, id] of names) {
          const value = Buffer.allocUnsafe(4);
          value.writeUInt32BE(id, 0);
          void this.names.put(Buffer.from(name, 'utf8'), value);
        }
        for (const { position, bytes, streamId, revision } of records) {
          const key = positionKey(position);
          void this.log.put(key, bytes);
          void this.index.put(revisionKey(streamId, revision), key);
        }
      });
    } catch (error) {
      this.environment.resetReadTxn();
      throw await causeOf(error);
    }
  }

  /** Whether the disk takes so much more. What is written to find out is taken back, which leaves its room to LMDB. */
  async hasRoomFor(bytes: number): Promise<boolean> {
    try {
      await this.environment.batch(() => void this.owner.put(TRIAL, Buffer.alloc(bytes)));
      await this.environment.batch(() => void this.owner.remove(TRIAL));
      return true;
    } catch (error) {
      this.environment.resetReadTxn();
      await causeOf(error);
      return false;
    }
  }

  close(): Promise<void> {
    return this.environment.close();
  }

  private at(position: number): StoredRecord {
    const bytes = this.record(position);
    if (!bytes) throw new Error(`The log has no record at ${position}, where its index points to`);
    return { position, bytes };
  }
}

/** The id of the event in a stored record. */
export const eventIdOf = ({ bytes }: StoredRecord): string => decodeRecord(bytes).id;

function takePage<T>(entries: Iterable<T>, read: (entry: T) => StoredRecord): StoredRecord[] {
  const page: StoredRecord[] = [];
  let size = 0;
  for (const entry of entries) {
    const record = read(entry);
    page.push(record);
    size += record.bytes.length;
    if (page.length >= PAGE_RECORDS || size >= PAGE_BYTES) break;
  }
  return page;
}

/** LMDB rejects a failed commit with a general error that carries its cause as a rejected promise. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  return Promise.resolve(error.commitError).then(
    () => error,
    (cause: unknown) => cause,
  );
}
