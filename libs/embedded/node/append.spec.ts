import { describe, expect, it } from '@jest/globals';
import { decideAppend, type ExpectedRevision, type StreamHistory, type StreamState } from './append.js';

const NEW: StreamState = { revision: -1, tombstoned: false, softDeleted: false, hasMetadata: false };
const METADATA_ONLY: StreamState = { ...NEW, hasMetadata: true };
const THREE: StreamState = { ...NEW, revision: 2 };
const SOFT_DELETED: StreamState = { ...THREE, softDeleted: true, hasMetadata: true };
const TOMBSTONED: StreamState = { ...THREE, tombstoned: true };

/** A stream that holds the events a, b and c at positions 0, 10 and 20; `remembered` are still in memory. */
function holding(remembered: string): StreamHistory {
  const written = (id: string) => ({ revision: 'abc'.indexOf(id), position: 10 * 'abc'.indexOf(id) });
  return {
    recent: (id) => (remembered.includes(id) ? written(id) : undefined),
    positionOf: (id, revision) => ('abc'[revision] === id ? 10 * revision : undefined),
  };
}

const decide = (state: StreamState, expected: ExpectedRevision, ids: string, remembered = 'abc') =>
  decideAppend(state, expected, [...ids], holding(remembered));

describe('what an append does', () => {
  const states = { NEW, METADATA_ONLY, THREE, SOFT_DELETED, TOMBSTONED };
  const wrong = (current: number): object => ({ kind: 'wrong-revision', current });
  const write = { kind: 'write' };
  const deleted = { kind: 'deleted' };
  /** For new events, per state: expecting any, no_stream, stream_exists, 2 (the last revision of three events), 9. */
  const table: [keyof typeof states, object, object, object, object, object][] = [
    ['NEW', write, write, wrong(-1), wrong(-1), wrong(-1)],
    ['METADATA_ONLY', write, write, write, wrong(-1), wrong(-1)],
    ['THREE', write, wrong(2), write, write, wrong(2)],
    ['SOFT_DELETED', write, write, deleted, write, wrong(2)],
    ['TOMBSTONED', deleted, deleted, deleted, deleted, deleted],
  ];

  describe.each(table)('to a stream that is %s', (state, ...outcomes) => {
    const expectations: ExpectedRevision[] = ['any', 'no_stream', 'stream_exists', 2, 9];
    it.each(expectations.map((expected, i) => [expected, outcomes[i]] as const))(
      'expecting %s',
      (expected, outcome) => {
        expect(decide(states[state], expected, 'xy')).toEqual(outcome);
      },
    );
  });

  const again: [string, ExpectedRevision, object][] = [
    ['abc', 'no_stream', { kind: 'repeat', revision: 2, position: 20 }],
    ['ab', 'no_stream', { kind: 'repeat', revision: 1, position: 10 }],
    ['bc', 0, { kind: 'repeat', revision: 2, position: 20 }],
    ['b', 0, { kind: 'repeat', revision: 1, position: 10 }],
    ['ab', 'any', { kind: 'repeat', revision: 1, position: 10 }],
    ['c', 'stream_exists', { kind: 'repeat', revision: 2, position: 20 }],
    ['abx', 'no_stream', wrong(2)],
    ['abcx', 'no_stream', wrong(2)],
    ['xb', 0, wrong(2)],
    ['ac', 'no_stream', wrong(2)],
    ['ax', 'any', wrong(2)],
    ['xa', 'any', write],
  ];
  it.each(again)('with events %s, of which it holds a, b and c, expecting %s', (ids, expected, outcome) => {
    expect(decide(THREE, expected, ids)).toEqual(outcome);
  });

  it('rests on the log, not on memory, when a revision is expected', () => {
    expect(decide(THREE, 'no_stream', 'abc', '')).toEqual({ kind: 'repeat', revision: 2, position: 20 });
    expect(decide(THREE, 'any', 'abc', '')).toEqual(write);
  });

  it('refuses, in a soft-deleted stream too, a repeat that goes wrong after its first event', () => {
    expect(decide(SOFT_DELETED, 'no_stream', 'ax')).toEqual(wrong(2));
  });
});
