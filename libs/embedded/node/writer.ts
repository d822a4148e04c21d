import { EventEmitter, once } from 'node:events';
import type { Written } from './append.js';
import { encodeRecord, TOMBSTONE_REVISION, type NewEvent } from './codec.js';
import { CommitFailed } from './errors.js';
import { withMetadata, type Head, type Heads } from './heads.js';
import { isMetastream, metadataText, metastreamOf, originalOf } from './metadata.js';
import { RecentMap } from './recent.js';
import type { NewRecord, Store, Transaction } from './store.js';
import type { WriteGate } from './write-gate.js';

/** How many event ids are remembered to recognise repeats where no revision is expected. */
const RECENT_IDS = 30_000;

/** What is stored in one transaction, and the heads as they will then be. */
class Group implements Transaction {
  readonly records: NewRecord[] = [];
  readonly names = new Map<string, number>();
  readonly heads = new Map<string, Head>();
  bytes = 0;
  succeed!: () => void;
  fail!: (cause: CommitFailed) => void;
  /** Settles when the transaction is on disk, or has failed. */
  readonly stored = new Promise<void>((resolve, reject) => {
    this.succeed = resolve;
    this.fail = reject;
  });

  constructor() {
    // Whoever waits for the group handles its failure; often nobody does, and that is no failure of the process.
    this.stored.catch(() => undefined);
  }
}

/**
 * The end of the log that grows. It gives events their revisions and positions at once and stores them in groups: what
 * arrives while one transaction is being flushed makes up the next.
 */
export class Writer {
  private readonly commits = new EventEmitter().setMaxListeners(0);
  private readonly recentIds = new RecentMap<Written>(RECENT_IDS);
  private readonly pending = new Map<string, { readonly head: Head; readonly group: Group }>();
  private group = new Group();
  private committing: Group | undefined;
  private tail: number;
  private nextStreamId: number;

  constructor(
    private readonly store: Store,
    private readonly heads: Heads,
    private readonly gate: WriteGate,
  ) {
    this.tail = store.end();
    this.nextStreamId = store.lastStreamId() + 1;
  }

  /** The stream's head as it will be when everything before is stored. */
  head(stream: string): Head {
    return this.pending.get(stream)?.head ?? this.heads.get(stream);
  }

  /** Where the stream holds an event id, if it was among the recently written. */
  recent(stream: string, id: string): Written | undefined {
    return this.recentIds.get(`${this.head(stream).id} ${id}`);
  }

  /** Adds events to the transaction that is stored next. Throws CommitFailed while the log is read-only. */
  add(stream: string, events: readonly NewEvent[], firstRevision = this.head(stream).revision + 1): Written {
    this.gate.check();
    const head = this.head(stream);
    const id = head.id ?? this.name(stream);
    const now = Date.now();
    let written: Written = { revision: head.revision, position: undefined };
    events.forEach((event, index) => {
      written = { revision: firstRevision + index, position: this.tail };
      const bytes = encodeRecord(event, stream, written.revision, this.tail, now);
      this.group.records.push({ streamId: id, revision: written.revision, position: this.tail, bytes });
      this.group.bytes += bytes.length;
      this.tail += bytes.length;
      this.recentIds.set(`${id} ${event.id}`, written);
    });
    const tombstoned = written.revision === TOMBSTONE_REVISION;
    this.setHead(stream, {
      ...head,
      id,
      tombstoned,
      revision: tombstoned ? head.revision : written.revision,
    });
    if (tombstoned) this.setHead(metastreamOf(stream), { ...this.head(metastreamOf(stream)), tombstoned });
    const last = events.at(-1);
    if (last && isMetastream(stream)) {
      const original = originalOf(stream);
      this.setHead(original, withMetadata(this.head(original), metadataText(last)));
    }
    if (!this.committing) void this.commitAll();
    return written;
  }

  /** Settles when everything that was added to the stream, or to its metadata, is on disk or has failed. */
  async stored(stream: string): Promise<void> {
    await this.pending.get(stream)?.group.stored;
  }

  /** The bytes that are added and not yet on disk. */
  get backlogBytes(): number {
    return this.group.bytes + (this.committing?.bytes ?? 0);
  }

  /** Resolves after the next commit, also if it fails. Rejects with an AbortError when the signal aborts. */
  async nextCommit(signal: AbortSignal): Promise<void> {
    await once(this.commits, 'commit', { signal });
  }

  /** Resolves when everything added so far is on disk or has failed. */
  async idle(): Promise<void> {
    while (this.committing) await this.committing.stored.catch(() => undefined);
  }

  private setHead(stream: string, head: Head): void {
    this.pending.set(stream, { head, group: this.group });
    this.group.heads.set(stream, head);
  }

  private name(stream: string): number {
    const id = this.nextStreamId++;
    this.group.names.set(stream, id);
    return id;
  }

  private async commitAll(): Promise<void> {
    // Whatever else the running turn of the event loop decides belongs to the same transaction.
    this.committing = this.group;
    await Promise.resolve();
    while (this.group.records.length > 0) {
      const group = (this.committing = this.group);
      this.group = new Group();
      await this.store.commit(group).then(
        () => this.succeed(group),
        (cause: unknown) => this.fail(group, cause),
      );
      this.commits.emit('commit');
    }
    this.committing = undefined;
  }

  private succeed(group: Group): void {
    for (const [stream, head] of group.heads) {
      this.heads.set(stream, head);
      if (this.pending.get(stream)?.group === group) this.pending.delete(stream);
    }
    group.succeed();
  }

  /** What was decided since rests on what is not stored, so it fails too, and everything is read anew from the disk. */
  private fail(group: Group, cause: unknown): void {
    const failure = new CommitFailed(cause);
    this.gate.close(failure);
    const dependent = this.group;
    this.group = new Group();
    this.pending.clear();
    this.recentIds.clear();
    this.heads.clear();
    this.tail = this.store.end();
    this.nextStreamId = this.store.lastStreamId() + 1;
    group.fail(failure);
    dependent.fail(failure);
  }
}
