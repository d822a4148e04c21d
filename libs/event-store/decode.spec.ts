import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { eventTable } from '#kernel/message';
import { MemoryLog } from '../../test/support/memory-log.js';
import { catalogueOf, decode, SchemaTooNew, Undecodable, UnknownEventType } from './decode.js';
import type { RawEvent } from './source.js';

const table = eventTable(
  'parcel',
  { ParcelSent: z.object({ to: z.object({ city: z.string() }), weightGrams: z.int() }) },
  {
    ParcelSent: [({ city, ...data }) => ({ ...data, to: { city } }), (data) => ({ weightGrams: 0, ...data })],
  },
);
const catalogue = catalogueOf([table]);
const id = '11111111-1111-4111-8111-111111111111';
const today = { to: { city: 'secret' }, weightGrams: 5 };

const sent = (data: object, metadata: object = { schemaVersion: 3 }): RawEvent =>
  new MemoryLog().append('parcel', id, 'ParcelSent', data, metadata);

describe('decode', () => {
  it('reads an event, its aggregate and its envelope', () => {
    const raw = sent(today);
    expect(decode(catalogue, raw)).toMatchObject({
      category: 'parcel',
      id,
      data: today,
      revision: 0n,
      position: 100n,
    });
    expect(decode(catalogue, raw).meta).toMatchObject({ schemaVersion: 3, actor: 'staff:1' });
  });

  it('lifts each older version to today', () => {
    const first = sent({ city: 'secret' }, { schemaVersion: 1 });
    expect(decode(catalogue, first).data).toEqual({ to: { city: 'secret' }, weightGrams: 0 });
    const second = sent({ to: { city: 'secret' } }, { schemaVersion: 2 });
    expect(decode(catalogue, second).data).toEqual({ to: { city: 'secret' }, weightGrams: 0 });
  });

  it('says what it cannot read, where, and nothing of what is in it', () => {
    const raw = sent(today);
    const cases: [RawEvent, unknown][] = [
      [{ ...raw, type: 'ParcelLost' }, UnknownEventType],
      [{ ...raw, type: 'toString' }, UnknownEventType],
      [{ ...raw, stream: `letter-${id}` }, UnknownEventType],
      [sent(today, { schemaVersion: 4 }), SchemaTooNew],
      [sent({ ...today, weightGrams: 'secret' }), Undecodable],
      [sent(today, { schemaVersion: 3, actor: '' }), Undecodable],
      [{ ...raw, metadata: null }, Undecodable],
      [{ ...raw, data: null, metadata: sent(today, { schemaVersion: 1 }).metadata }, Undecodable],
    ];
    for (const [event, error] of cases) {
      const thrown = thrownBy(() => decode(catalogue, event));
      expect(thrown).toBeInstanceOf(error);
      expect(thrown.message).toContain(`${event.type} ${event.eventId}`);
      expect(thrown.message).toContain('position 100');
      expect(thrown.message).not.toContain('secret');
    }
  });

  it('refuses two tables for one category', () => {
    expect(() => catalogueOf([table, table])).toThrow('same category');
  });
});

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
