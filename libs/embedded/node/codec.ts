import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { bytesFieldSize, FieldReader, FieldWriter, numberFieldSize, varintSize } from './wire.js';

/** An event as a client proposes it. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
}

/** What a stored record says of itself. */
export interface RecordedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly contentType: string;
  readonly createdMs: number;
  readonly data: Buffer;
}

/** Stands for the revision of a tombstone, which on the wire is the largest 64-bit integer. */
export const TOMBSTONE_REVISION = Number.MAX_SAFE_INTEGER;
/** The largest signed 64-bit integer as a varint: what clients see as the tombstone's revision. */
const LONG_MAX_VARINT = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);

const FIELD = { id: 1, stream: 2, revision: 3, prepare: 4, commit: 5, attributes: 6, metadata: 7, data: 8 };
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const TYPE = utf8('type');
const CONTENT_TYPE = utf8('content-type');
const CREATED = utf8('created');

function attributeSize(name: Buffer, value: Buffer): number {
  return bytesFieldSize(name.length) + bytesFieldSize(value.length);
}

function writeAttribute(writer: FieldWriter, name: Buffer, value: Buffer): void {
  writer.head(FIELD.attributes, attributeSize(name, value)).bytes(1, name).bytes(2, value);
}

/**
 * Encodes an event as the `RecordedEvent` message that clients receive. It is stored in this form, so that reading is
 * copying. `createdMs` is the server's clock in milliseconds since 1970.
 */
export function encodeRecord(
  event: NewEvent,
  stream: string,
  revision: number,
  position: number,
  createdMs: number,
): Buffer {
  const id = utf8(event.id);
  const name = utf8(stream);
  const type = utf8(event.type);
  const contentType = utf8(event.contentType);
  const createdTicks = utf8(`${createdMs}0000`);
  const revisionSize = revision === TOMBSTONE_REVISION ? LONG_MAX_VARINT.length : varintSize(revision);
  const size =
    bytesFieldSize(bytesFieldSize(id.length)) +
    bytesFieldSize(bytesFieldSize(name.length)) +
    1 +
    revisionSize +
    2 * numberFieldSize(position) +
    bytesFieldSize(attributeSize(TYPE, type)) +
    bytesFieldSize(attributeSize(CONTENT_TYPE, contentType)) +
    bytesFieldSize(attributeSize(CREATED, createdTicks)) +
    bytesFieldSize(event.metadata.length) +
    bytesFieldSize(event.data.length);

  const record = Buffer.allocUnsafe(size);
  const writer = new FieldWriter(record);
  writer.head(FIELD.id, bytesFieldSize(id.length)).bytes(2, id);
  writer.head(FIELD.stream, bytesFieldSize(name.length)).bytes(3, name);
  if (revision === TOMBSTONE_REVISION) writer.varint(FIELD.revision << 3).raw(LONG_MAX_VARINT);
  else writer.number(FIELD.revision, revision);
  writer.number(FIELD.prepare, position).number(FIELD.commit, position);
  writeAttribute(writer, TYPE, type);
  writeAttribute(writer, CONTENT_TYPE, contentType);
  writeAttribute(writer, CREATED, createdTicks);
  writer.bytes(FIELD.metadata, event.metadata).bytes(FIELD.data, event.data);
  return record;
}

/** Picks a stored record apart again. */
export function decodeRecord(record: Buffer): RecordedEvent {
  const fields = new FieldReader(record);
  const attribute = (): string => {
    const entry = new FieldReader(fields.bytes());
    entry.bytes();
    return entry.bytes().toString('utf8');
  };
  const id = new FieldReader(fields.bytes()).bytes().toString('latin1');
  const stream = new FieldReader(fields.bytes()).bytes().toString('utf8');
  const revision = fields.number();
  fields.number();
  fields.number();
  const type = attribute();
  const contentType = attribute();
  const createdMs = Number(attribute().slice(0, -4));
  fields.bytes();
  return { id, stream, revision, type, contentType, createdMs, data: fields.bytes() };
}

/** A `ReadResp` with an event: the record itself, or a link record with the event it points to (if that can be read). */
export function encodeReadEvent(
  event: Buffer | undefined,
  link: Buffer | undefined,
  position: number,
): Buffer {
  const size =
    (event ? bytesFieldSize(event.length) : 0) +
    (link ? bytesFieldSize(link.length) : 0) +
    numberFieldSize(position);
  const response = Buffer.allocUnsafe(bytesFieldSize(size));
  const writer = new FieldWriter(response).head(1, size);
  if (event) writer.bytes(1, event);
  if (link) writer.bytes(2, link);
  writer.number(3, position);
  return response;
}

/** The same record with its id as two 64-bit halves, for a client that asks for structured ids. */
export function withStructuredId(record: Buffer): Buffer {
  const event = streams.ReadResp.ReadEvent.RecordedEvent.deserializeBinary(record);
  const hex = (event.getId()?.getString() ?? '').replaceAll('-', '');
  const half = (from: number): string =>
    BigInt.asIntN(64, BigInt(`0x${hex.slice(from, from + 16)}`)).toString();
  const halves = new shared.UUID.Structured()
    .setMostSignificantBits(half(0))
    .setLeastSignificantBits(half(16));
  event.setId(new shared.UUID().setStructured(halves));
  return Buffer.from(event.serializeBinary());
}

/** The id in its usual text form, whichever of its two encodings the client chose. */
export function uuidText(id: InstanceType<typeof shared.UUID> | undefined): string {
  const halves = id?.getStructured();
  if (!halves) return id?.getString().toLowerCase() ?? '';
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
