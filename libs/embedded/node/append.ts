/** What a client expects of the stream before its events are added: a state, or the revision of the last event. */
export type ExpectedRevision = 'any' | 'no_stream' | 'stream_exists' | number;

/** Where an append ended: the stream's last revision, and that event's position in the log if it wrote one. */
export interface Written {
  readonly revision: number;
  readonly position: number | undefined;
}

/** What is known of a stream when an append is decided. A stream without events has revision -1. */
export interface StreamState {
  readonly revision: number;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
}

/** What the stream already holds. */
export interface StreamHistory {
  /** Where the stream holds this event id, if it is among the recently written. */
  recent(id: string): Written | undefined;
  /** The position of the event with this id and revision, however long ago it was written. */
  positionOf(id: string, revision: number): number | undefined;
}

/** `write` adds the events, `repeat` means that the stream holds them already. */
export type Decision =
  | { readonly kind: 'write' }
  | ({ readonly kind: 'repeat' } & Written)
  | { readonly kind: 'wrong-revision'; readonly current: number }
  | { readonly kind: 'deleted' };

const WRITE: Decision = { kind: 'write' };
const DELETED: Decision = { kind: 'deleted' };

/**
 * Decides what an append of events with these ids does, as EventStoreDB 23.10 does (`IndexWriter.CheckCommit`).
 *
 * A repeated append is recognised reliably only by an explicit revision, which is looked up in the log. With `any` and
 * `stream_exists` the answer rests on the ids that are still in memory.
 */
export function decideAppend(
  stream: StreamState,
  expected: ExpectedRevision,
  ids: readonly string[],
  history: StreamHistory,
): Decision {
  if (stream.tombstoned) return DELETED;
  if (expected === 'stream_exists') {
    if (stream.softDeleted) return DELETED;
    if (stream.revision < 0 && !stream.hasMetadata) return wrongRevision(stream);
  }
  if (expected === 'any' || expected === 'stream_exists') return decideByRecentIds(stream, ids, history);
  const revision = expected === 'no_stream' ? -1 : expected;
  if (revision === stream.revision) return WRITE;
  if (revision > stream.revision) return wrongRevision(stream);
  return decideByLog(stream, revision, ids, history);
}

function wrongRevision(stream: StreamState): Decision {
  return { kind: 'wrong-revision', current: stream.revision };
}

function decideByRecentIds(stream: StreamState, ids: readonly string[], history: StreamHistory): Decision {
  const known = ids.map((id) => history.recent(id));
  const last = known.at(-1);
  if (known[0] === undefined) return WRITE;
  if (last === undefined || known.includes(undefined)) return wrongRevision(stream);
  return { kind: 'repeat', ...last };
}

function decideByLog(
  stream: StreamState,
  expected: number,
  ids: readonly string[],
  history: StreamHistory,
): Decision {
  let revision = expected;
  let position: number | undefined;
  for (const id of ids) {
    position = history.positionOf(id, ++revision);
    if (position !== undefined) continue;
    const recreates = revision === 0 && stream.softDeleted;
    return recreates ? WRITE : wrongRevision(stream);
  }
  return { kind: 'repeat', revision, position };
}
