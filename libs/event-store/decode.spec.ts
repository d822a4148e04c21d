import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventTable } from '#kernel/message';
import {
  catalogueOf,
  categoryOf,
  decode,
  type DecodeError,
  SchemaTooNew,
  Undecodable,
  UnknownEventType,
} from './decode.js';
import type { RawEvent } from './source.js';

const lamps = eventTable(
  'lamp',
  { LampLit: z.object({ watts: z.int(), trail: z.array(z.int()).optional() }), LampBroken: z.object({}) },
  {
    LampLit: [
      (data) => ({ ...data, trail: [1] }),
      ({ trail, ...data }) => ({ ...data, trail: [...z.array(z.int()).parse(trail), 2] }),
    ],
  },
);
const catalogue = catalogueOf([lamps]);

const at = '2026-03-01T12:00:00.000Z';
const commandId = '5f0c7a52-6c0a-4d63-9d0b-0f2f7c1f1a01';
const metadata = {
  schemaVersion: 3,
  recordedAt: at,
  effectiveAt: at,
  actor: 'staff:1',
  authority: 'clerk',
  $correlationId: commandId,
  $causationId: commandId,
  commandId,
  subjects: [],
};
const raw = (more: Partial<RawEvent> = {}): RawEvent => ({
  eventId: commandId,
  stream: 'lamp-hall-1',
  type: 'LampLit',
  revision: 4n,
  position: 99n,
  data: { watts: 60 },
  metadata,
  ...more,
});
const ofVersion = (schemaVersion: number, data: unknown = { watts: 60 }) =>
  raw({ data, metadata: { ...metadata, schemaVersion } });

describe('decode', () => {
  test('tells kind, id and place of an event, whatever hyphens its id has', () => {
    const { category, id, stream, revision, position } = decode(catalogue, raw());
    expect([category, id, stream, revision, position]).toEqual(['lamp', 'hall-1', 'lamp-hall-1', 4n, 99n]);
    expect([categoryOf('lamp'), categoryOf('lamp-'), categoryOf('$et-lamp')]).toEqual([
      'lamp',
      'lamp',
      '$et',
    ]);
  });

  test.each([
    [1, [1, 2]],
    [2, [0, 2]],
    [3, [0]],
  ])('lifts version %d by the upcasters that it still needs, in order', (version, trail) => {
    const data = version === 1 ? { watts: 60 } : { watts: 60, trail: [0] };
    expect(decode(catalogue, ofVersion(version, data)).data).toEqual({ watts: 60, trail });
  });

  test.each<[string, RawEvent, abstract new (...args: never) => DecodeError]>([
    ['a type that no table names', raw({ type: 'LampSold' }), UnknownEventType],
    ['a type that every object has', raw({ type: 'toString' }), UnknownEventType],
    ['a kind that no table is of', raw({ stream: 'lantern-1' }), UnknownEventType],
    ['a version of tomorrow', ofVersion(4), SchemaTooNew],
    ['data of another shape', raw({ data: { watts: 'bright' } }), Undecodable],
    ['no data', raw({ data: undefined }), Undecodable],
    ['an envelope of another shape', raw({ metadata: { ...metadata, actor: '' } }), Undecodable],
    ['no envelope', raw({ metadata: undefined }), Undecodable],
    ['data that its upcaster does not understand', ofVersion(2, { watts: 60 }), Undecodable],
  ])('stops at %s', (_, event, error) => {
    expect(() => decode(catalogue, event)).toThrow(error);
  });

  test('says where the trouble is and never what was there', () => {
    const message = (() => {
      try {
        return decode(catalogue, raw({ data: { watts: 'Li Lei' } })).type;
      } catch (error) {
        return String(error);
      }
    })();
    expect(message).toBe(
      `Undecodable: LampLit ${commandId} in lamp-hall-1 at position 99: data: watts invalid_type`,
    );
  });

  test('knows one table a kind', () => {
    expect(() => catalogueOf([lamps, lamps])).toThrow('same category');
  });
});
