import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { eventTables } from '#contexts/events';
import { logEvents } from '#event-store/log-events';
import { eventTable } from '#kernel/message';
import { decodeOld, problemsOf, type StoredEvent } from '../support/old-events.js';

const folder = import.meta.dirname;

function read(path: string): StoredEvent {
  return JSON.parse(readFileSync(join(folder, path), 'utf8')) as StoredEvent;
}

const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.json'))
  .sort();

test('one of every event version ever stored is kept, decodes, and nothing else is kept', () => {
  expect(problemsOf([logEvents, ...eventTables], new Map(paths.map((path) => [path, read(path)])))).toEqual(
    [],
  );
});

describe('the check itself', () => {
  /** Lamps once had a colour, then several, then a list of them: two upcasters, and the second rests on the first. */
  const lamps = eventTable(
    'lamp',
    {
      LampLit: z.object({ colours: z.array(z.string()), dimmed: z.boolean().optional() }),
      LampBroken: z.object({}),
    },
    {
      LampLit: [
        ({ colour }) => ({ colours: `${String(colour)},white` }),
        ({ colours }) => ({ colours: String(colours).split(',') }),
      ],
    },
  );
  const { metadata } = read('log/LogStarted.v1.json');
  const stored = (type: string, schemaVersion: number, data: unknown): StoredEvent => ({
    eventId: '7e1f7dd4-6b7b-4a3e-8d0d-6f0f4ac7a001',
    stream: 'lamp-1',
    type,
    data,
    metadata: { ...metadata, schemaVersion },
  });
  const all = {
    'lamp/LampBroken.v1.json': stored('LampBroken', 1, {}),
    'lamp/LampLit.v1.json': stored('LampLit', 1, { colour: 'red' }),
    'lamp/LampLit.v2.json': stored('LampLit', 2, { colours: 'red,white' }),
    'lamp/LampLit.v3.json': stored('LampLit', 3, { colours: ['red', 'white'] }),
  };
  const problemsWith = (changed: Readonly<Record<string, StoredEvent | undefined>>) => {
    const files = Object.entries({ ...all, ...changed });
    return problemsOf([lamps], new Map(files.flatMap(([path, file]) => (file ? [[path, file]] : []))));
  };

  test('a complete folder is green, and the upcasters run in the order of the versions', () => {
    expect(problemsWith({})).toEqual([]);
    for (const path of ['lamp/LampLit.v1.json', 'lamp/LampLit.v2.json', 'lamp/LampLit.v3.json'] as const)
      expect(decodeOld([lamps], all[path]).data).toEqual({ colours: ['red', 'white'] });
  });

  test.each([
    ['a missing version', { 'lamp/LampLit.v2.json': undefined }, 'lamp/LampLit.v2.json: missing'],
    ['a missing type', { 'lamp/LampBroken.v1.json': undefined }, 'lamp/LampBroken.v1.json: missing'],
    [
      'data that no longer fits',
      { 'lamp/LampLit.v3.json': stored('LampLit', 3, { colours: 'red' }) },
      /v3[.]json: Undecodable: .* data: colours invalid_type$/,
    ],
    [
      'an envelope that no longer fits',
      { 'lamp/LampBroken.v1.json': { ...all['lamp/LampBroken.v1.json'], metadata: { schemaVersion: 1 } } },
      /LampBroken.v1[.]json: Undecodable: .* metadata: /,
    ],
    [
      'a field that was removed from the shape',
      { 'lamp/LampBroken.v1.json': stored('LampBroken', 1, { cause: 'storm' }) },
      'lamp/LampBroken.v1.json: its data is not read as it was stored',
    ],
    [
      'a field that was removed from the envelope',
      {
        'lamp/LampBroken.v1.json': {
          ...all['lamp/LampBroken.v1.json'],
          metadata: { ...metadata, shift: 'night' },
        },
      },
      'lamp/LampBroken.v1.json: its metadata is not read as it was stored',
    ],
    [
      'another version than its name says',
      { 'lamp/LampLit.v2.json': all['lamp/LampLit.v3.json'] },
      'lamp/LampLit.v2.json: holds another event than its name says',
    ],
    [
      'a file of an event that was removed',
      { 'lamp/LampSold.v1.json': stored('LampSold', 1, {}) },
      'lamp/LampSold.v1.json: no table knows it',
    ],
  ])('%s turns it red', (_, changed, problem) => {
    const expected: unknown = typeof problem === 'string' ? problem : expect.stringMatching(problem);
    expect(problemsWith(changed)).toEqual([expected]);
  });
});
