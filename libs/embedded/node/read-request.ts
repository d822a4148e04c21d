import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { encodeReadEvent, withStructuredId } from './codec.js';
import { badRequest } from './errors.js';
import { eventFilter, type EventFilter } from './filter.js';
import { resolveLink } from './links.js';
import type { Log } from './log.js';
import { streamNameOf } from './proposal.js';
import { knownPosition, type Direction, type StreamStart } from './source.js';
import type { StoredRecord } from './store.js';

/** A read of one stream. */
export interface StreamSubject {
  readonly stream: string;
  readonly from: StreamStart;
}

/** A read of the whole log, from one of its ends or from a position. */
export interface AllSubject {
  readonly stream: undefined;
  readonly from: 'start' | 'end' | number;
  readonly filter: EventFilter | undefined;
}

/** What a client asks to read, checked. */
export interface ReadRequest {
  readonly subject: StreamSubject | AllSubject;
  readonly direction: Direction;
  /** How many events it wants at most; a subscription wants all there will be. */
  readonly count: number | 'subscription';
  /** Makes the message for a record. */
  readonly encode: (record: StoredRecord) => Buffer;
}

const BACKWARDS = 1;

/** Throws a CallFailure if the request makes no sense. */
export function readRequest(log: Log, request: ReadReq): ReadRequest {
  const options = request.getOptions();
  if (!options) throw badRequest('The call had no options.');
  return {
    subject: subjectOf(log, options),
    direction: Number(options.getReadDirection()) === BACKWARDS ? 'backwards' : 'forwards',
    count: options.hasSubscription() ? 'subscription' : Number(options.getCount()),
    encode: encoder(log, options),
  };
}

function subjectOf(log: Log, options: ReadReq.Options): StreamSubject | AllSubject {
  const stream = options.getStream();
  if (stream) {
    const from = stream.hasRevision() ? Number(stream.getRevision()) : stream.hasStart() ? 'start' : 'end';
    return { stream: streamNameOf(stream.getStreamIdentifier()), from };
  }
  const all = options.getAll();
  if (!all) throw badRequest('A read needs a stream or $all.');
  const position = all.getPosition();
  const filter = options.getFilter();
  return {
    stream: undefined,
    from: position
      ? knownPosition(log, position.getCommitPosition(), position.getPreparePosition())
      : all.hasStart()
        ? 'start'
        : 'end',
    filter: filter && eventFilter(filter),
  };
}

function encoder(log: Log, options: ReadReq.Options): (record: StoredRecord) => Buffer {
  const resolve = options.getResolveLinks();
  const structured = options.getUuidOption()?.hasStructured() ?? false;
  const withId = (record: Buffer | undefined): Buffer | undefined =>
    record && structured ? withStructuredId(record) : record;
  return (record) => {
    const { event, link } = resolve ? resolveLink(log, record) : { event: record.bytes, link: undefined };
    return encodeReadEvent(withId(event), withId(link), record.position);
  };
}
