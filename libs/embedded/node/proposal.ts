import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { ExpectedRevision } from './append.js';
import { uuidText, type NewEvent } from './codec.js';
import { accessDenied, badRequest, maximumAppendSizeExceeded, missingMetadataProperty } from './errors.js';
import { MAX_STREAM_NAME_BYTES } from './store.js';

/** What one append may weigh: 1 MiB, the default of EventStoreDB up to 25.0. */
export const MAX_APPEND_BYTES = 1024 * 1024;

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const EMPTY_UUID = '00000000-0000-0000-0000-000000000000';

/** An event as both append calls send it. */
interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

/** The states that all writing calls may expect of a stream; the revision has another name in each. */
interface ExpectedState {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/** What arrives of one append until it is complete. It stops keeping events when they are too many. */
export class Proposal {
  readonly events: NewEvent[] = [];
  private bytes = 0;

  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
  ) {}

  /** Throws a CallFailure if the event is not valid, or too much with those before it. */
  add(message: ProposedMessage): void {
    const event = newEvent(message);
    this.bytes += event.data.length + event.metadata.length + 2 * event.type.length;
    if (this.bytes > MAX_APPEND_BYTES) throw maximumAppendSizeExceeded(MAX_APPEND_BYTES);
    this.events.push(event);
  }
}

function newEvent(message: ProposedMessage): NewEvent {
  const id = uuidText(message.getId());
  if (!UUID_TEXT.test(id) || id === EMPTY_UUID)
    throw badRequest('An event needs an id that is a UUID and not empty.');
  const attributes = message.getMetadataMap();
  const type = attributes.get('type');
  const contentType = attributes.get('content-type');
  if (type === undefined) throw missingMetadataProperty('type');
  if (contentType === undefined) throw missingMetadataProperty('content-type');
  if (type === '') throw badRequest('An event needs a type.');
  return { id, type, contentType, metadata: message.getCustomMetadata_asU8(), data: message.getData_asU8() };
}

/** The name of the stream that a call is about. Throws if no stream can have that name. */
export function streamNameOf(identifier: StreamIdentifier | undefined): string {
  const name = identifier?.getStreamName_asU8() ?? new Uint8Array();
  const text = Buffer.from(name).toString('utf8');
  if (text === '' || text === '$$') throw badRequest('A stream needs a name.');
  // The stream's metadata stream, whose name is two characters longer, must find room as well.
  const limit = text.startsWith('$$') ? MAX_STREAM_NAME_BYTES : MAX_STREAM_NAME_BYTES - 2;
  if (name.length > limit) throw badRequest(`A stream's name can have at most ${limit} bytes.`);
  return text;
}

/** The name of a stream that is to be written to. */
export function writableStreamOf(identifier: StreamIdentifier | undefined): string {
  const stream = streamNameOf(identifier);
  if (stream === '$all') throw accessDenied();
  return stream;
}

export function expectedRevisionOf(state: ExpectedState, revision: string | undefined): ExpectedRevision {
  if (revision !== undefined) return Number(revision);
  if (state.hasNoStream()) return 'no_stream';
  if (state.hasStreamExists()) return 'stream_exists';
  if (state.hasAny()) return 'any';
  throw badRequest('An append needs an expected revision.');
}
