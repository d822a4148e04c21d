import { randomUUID } from 'node:crypto';
import { decideAppend, type Decision, type ExpectedRevision, type Written } from './append.js';
import { TOMBSTONE_REVISION, type NewEvent } from './codec.js';
import { Heads } from './heads.js';
import {
  isMetastream,
  metadataText,
  metastreamOf,
  originalOf,
  SOFT_DELETE_METADATA,
  undeletedMetadata,
} from './metadata.js';
import { eventIdOf, type Store } from './store.js';
import { WriteGate } from './write-gate.js';
import { Writer } from './writer.js';

/** What an append is answered once it is on disk. */
export type AppendOutcome =
  | ({ readonly kind: 'written' } & Written)
  | { readonly kind: 'wrong-revision'; readonly current: number }
  | { readonly kind: 'deleted' };

const NO_BYTES = new Uint8Array();

/** An event that the node itself writes. */
export const systemEvent = (type: string, json: string): NewEvent => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  metadata: NO_BYTES,
  data: Buffer.from(json, 'utf8'),
});

/**
 * The log of events. Appends are decided at once, one after the other, against the heads as they will be when
 * everything before them is stored; they are answered when all that the decision rests on is on disk.
 */
export class Log {
  /** The heads as they are on disk, which is what readers see. */
  readonly heads: Heads;
  readonly writer: Writer;
  private readonly gate: WriteGate;

  /** `tell` is told, in a line, when the log becomes read-only and when it can be written again. */
  constructor(
    readonly store: Store,
    tell: (line: string) => void,
  ) {
    this.heads = new Heads(store);
    this.gate = new WriteGate(store, tell);
    this.writer = new Writer(store, this.heads, this.gate);
  }

  /** Appends all events or none. Rejects with CommitFailed if the disk does not take them. */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendOutcome> {
    const ids = events.map(({ id }) => id);
    return this.carryOut(stream, this.decide(stream, expected, ids), () => {
      if (events.length === 0) return { revision: this.writer.head(stream).revision, position: undefined };
      return this.write(stream, events);
    });
  }

  /** Hides the events of a stream until it is written to again. */
  softDelete(stream: string, expected: ExpectedRevision): Promise<AppendOutcome> {
    const { revision, tombstoned } = this.writer.head(stream);
    const decision: Decision =
      revision < 0 && !tombstoned
        ? { kind: 'wrong-revision', current: revision }
        : this.decide(stream, expected, [randomUUID()]);
    const deletion = systemEvent('$metadata', SOFT_DELETE_METADATA);
    return this.carryOut(stream, decision, () => this.writer.add(metastreamOf(stream), [deletion]));
  }

  /** Ends a stream for good. */
  tombstone(stream: string, expected: ExpectedRevision): Promise<AppendOutcome> {
    const tombstone = systemEvent('$streamDeleted', '');
    return this.carryOut(stream, this.decide(stream, expected, [tombstone.id]), () =>
      this.writer.add(stream, [tombstone], TOMBSTONE_REVISION),
    );
  }

  /** Waits for what is being written and closes the store. */
  async close(): Promise<void> {
    await this.writer.idle();
    await this.gate.end();
    await this.store.close();
  }

  private decide(stream: string, expected: ExpectedRevision, ids: readonly string[]): Decision {
    const head = this.writer.head(stream);
    const recent = (id: string): Written | undefined => this.writer.recent(stream, id);
    const positionOf = (id: string, revision: number): number | undefined => {
      const written = recent(id);
      if (written?.revision === revision) return written.position;
      const stored = head.id === undefined ? undefined : this.store.revision(head.id, revision);
      return stored && eventIdOf(stored) === id ? stored.position : undefined;
    };
    return decideAppend(head, expected, ids, { recent, positionOf });
  }

  private async carryOut(stream: string, decision: Decision, write: () => Written): Promise<AppendOutcome> {
    const outcome: AppendOutcome =
      decision.kind === 'write' || decision.kind === 'repeat'
        ? { ...(decision.kind === 'write' ? write() : decision), kind: 'written' }
        : decision;
    await this.writer.stored(stream);
    return outcome;
  }

  /** Writing to a deleted stream, or to its metadata, brings it back from its next revision on. */
  private write(stream: string, events: readonly NewEvent[]): Written {
    const subject = isMetastream(stream) ? originalOf(stream) : stream;
    const before = this.writer.head(subject);
    const written = this.writer.add(stream, events);
    if (before.deletedMetadataJson !== undefined) {
      const last = events.at(-1);
      const json = isMetastream(stream) && last ? metadataText(last) : before.deletedMetadataJson;
      const undeletion = systemEvent('$metadata', undeletedMetadata(json, before.revision + 1));
      this.writer.add(metastreamOf(subject), [undeletion]);
    }
    return written;
  }
}
