// One of every version of every event ever stored: each must be read for ever.
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { schemaVersionOf } from '#kernel/message';
import { contractEvents, events } from './events.js';

const folder = new URL('../../test/old-events/contract/', import.meta.url);

const versions = Object.keys(contractEvents).flatMap((type) =>
  Array.from({ length: schemaVersionOf(events, type) }, (_, index) => [type, index + 1] as const),
);

describe('old events of the contract', () => {
  test.each(versions)('%s of version %d', (type, version) => {
    const stored = JSON.parse(readFileSync(new URL(`${type}.v${version}.json`, folder), 'utf8'));
    const upcasters = events.upcasters[type]?.slice(version - 1) ?? [];
    const lifted = upcasters.reduce((data, upcast) => upcast(data), stored);
    expect(events.shapes[type as keyof typeof contractEvents].parse(lifted)).toEqual(lifted);
  });

  test('the folder holds nothing else', () => {
    const expected = versions.map(([type, version]) => `${type}.v${version}.json`);
    expect(readdirSync(folder).sort()).toEqual(expected.sort());
  });
});
