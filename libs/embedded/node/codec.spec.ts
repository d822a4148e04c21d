import { describe, expect, it } from '@jest/globals';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  decodeRecord,
  encodeReadEvent,
  encodeRecord,
  TOMBSTONE_REVISION,
  uuidText,
  withStructuredId,
} from './codec.js';

const event = {
  id: '8d3e2f10-9a4b-4c5d-b6e7-f8091a2b3c4d',
  type: 'Größe',
  contentType: 'application/json',
  metadata: Buffer.from('{"m":1}'),
  data: Buffer.from('{"d":"é"}'),
};
const decoded = (record: Buffer) => streams.ReadResp.ReadEvent.RecordedEvent.deserializeBinary(record);

describe('a stored record', () => {
  it.each([0, 127, 128, 2 ** 31, 2 ** 32, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER - 1])(
    'is what the generated classes understand, at revision and position %d',
    (n) => {
      const record = decoded(encodeRecord(event, 'strëam', n, n, 1_700_000_000_123));
      expect(record.getId()?.getString()).toBe(event.id);
      expect(Buffer.from(record.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe('strëam');
      expect([record.getStreamRevision(), record.getPreparePosition(), record.getCommitPosition()]).toEqual(
        Array(3).fill(`${n}`),
      );
      const attributes = Object.fromEntries(record.getMetadataMap().toObject());
      expect(attributes).toEqual({
        type: 'Größe',
        'content-type': 'application/json',
        created: '17000000001230000',
      });
      expect(Buffer.from(record.getCustomMetadata_asU8())).toEqual(event.metadata);
      expect(Buffer.from(record.getData_asU8())).toEqual(event.data);
    },
  );

  it.each([0, 300, 2 ** 45])('is read back as it was written, at revision %d', (revision) => {
    const { id, type, contentType, data } = event;
    const expected = { id, type, contentType, data, stream: 's', revision, createdMs: 1_700_000_000_123 };
    expect(decodeRecord(encodeRecord(event, 's', revision, 5, 1_700_000_000_123))).toEqual(expected);
  });

  it('shows a tombstone at the largest 64-bit revision', () => {
    const record = decoded(encodeRecord(event, 's', TOMBSTONE_REVISION, 0, 0));
    expect(record.getStreamRevision()).toBe('9223372036854775807');
  });

  it('carries its id in halves for who asks for that', () => {
    const record = decoded(withStructuredId(encodeRecord(event, 's', 0, 0, 0)));
    expect(record.getId()?.hasStructured()).toBe(true);
    expect(uuidText(record.getId())).toBe(event.id);
  });
});

describe('a message with an event', () => {
  it('holds an event, or a link with or without its target', () => {
    const [target, link] = [encodeRecord(event, 'target', 1, 10, 0), encodeRecord(event, 'link', 2, 20, 0)];
    const message = (e: Buffer | undefined, l: Buffer | undefined) =>
      streams.ReadResp.deserializeBinary(encodeReadEvent(e, l, 2 ** 35)).getEvent();
    expect(message(target, link)?.getEvent()?.getStreamRevision()).toBe('1');
    expect(message(target, link)?.getLink()?.getStreamRevision()).toBe('2');
    expect(message(target, undefined)?.hasLink()).toBe(false);
    expect(message(undefined, link)?.hasEvent()).toBe(false);
    expect(message(target, undefined)?.getCommitPosition()).toBe(`${2 ** 35}`);
  });
});
