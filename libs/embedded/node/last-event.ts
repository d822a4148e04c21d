import { decodeRecord, type RecordedEvent } from './codec.js';
import type { Log } from './log.js';
import { RecentMap } from './recent.js';

const REMEMBERED = 1000;

/** The last event of each of some streams, as something that is made of it once and kept until there is a later one. */
export class LastEvents<T> {
  private readonly known = new RecentMap<{ readonly revision: number; readonly value: T }>(REMEMBERED);

  constructor(
    private readonly log: Log,
    private readonly parse: (event: RecordedEvent) => T,
  ) {}

  /** Undefined if the stream does not exist, or not any more. */
  of(stream: string): T | undefined {
    const { id, revision, softDeleted, tombstoned } = this.log.heads.get(stream);
    if (id === undefined || revision < 0 || softDeleted || tombstoned) return undefined;
    const known = this.known.get(stream);
    if (known?.revision === revision) return known.value;
    const record = this.log.store.revision(id, revision);
    if (!record) return undefined;
    const value = this.parse(decodeRecord(record.bytes));
    this.known.set(stream, { revision, value });
    return value;
  }
}
