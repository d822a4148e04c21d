import { describe, expect, it } from '@jest/globals';
import { NO_METADATA, parseMetadata, SOFT_DELETE_METADATA, undeletedMetadata } from './metadata.js';

describe('stream metadata', () => {
  it('limits by count, age and revision', () => {
    const limits = { softDeleted: false, maxCount: 2, maxAgeMs: 60_000, truncateBefore: 7 };
    expect(parseMetadata('{"$maxCount":2,"$maxAge":60,"$tb":7,"other":[]}')).toEqual(limits);
  });

  it.each(['', '{', '[]', 'null', '1', '{"$maxCount":0,"$maxAge":-1,"$tb":"7"}', '{"$maxCount":1.5}'])(
    'means nothing as %s',
    (json) => {
      expect(parseMetadata(json)).toEqual(NO_METADATA);
    },
  );

  it('recognises a soft delete by the largest 64-bit integer', () => {
    expect(parseMetadata(SOFT_DELETE_METADATA)).toEqual({ softDeleted: true });
    expect(parseMetadata('{"$tb":9007199254740991}').softDeleted).toBe(false);
  });

  it('keeps everything but $tb when the stream comes back, integers that are too long for a number included', () => {
    const json =
      '{"$tb":9223372036854775807,"$maxCount":3,"own":{"long":1234567890123456789,"text":"1234567890123456789"}}';
    const rewritten =
      '{"$tb":5,"$maxCount":3,"own":{"long":1234567890123456789,"text":"1234567890123456789"}}';
    expect(undeletedMetadata(json, 5)).toBe(rewritten);
  });
});
