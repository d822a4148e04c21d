import { decodeRecord } from './codec.js';
import type { Log } from './log.js';
import { firstVisible, isTooOld } from './source.js';
import type { StoredRecord } from './store.js';

/** A link event's type; its data names another event as `revision@stream`. */
const LINK = '$>';

/** What a reader gets for a record: the event, or a link with the event it points to if that can be read. */
export interface ResolvedRecord {
  readonly event: Buffer | undefined;
  readonly link: Buffer | undefined;
}

/** Follows a link. Everything else, and a link that does not say where it points, stays as it is. */
export function resolveLink(log: Log, { bytes }: StoredRecord): ResolvedRecord {
  const { type, data } = decodeRecord(bytes);
  const [, revision, stream] = (type === LINK && /^(\d+)@(.+)$/s.exec(data.toString('utf8'))) || [];
  if (revision === undefined || stream === undefined) return { event: bytes, link: undefined };
  return { event: target(log, stream, Number(revision))?.bytes, link: bytes };
}

function target(log: Log, stream: string, revision: number): StoredRecord | undefined {
  const head = log.heads.get(stream);
  if (head.id === undefined || head.tombstoned || revision < firstVisible(head)) return undefined;
  const record = log.store.revision(head.id, revision);
  return record && !isTooOld(head, record) ? record : undefined;
}
