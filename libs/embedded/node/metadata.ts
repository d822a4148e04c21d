import { z } from 'zod';
import { accessListShape, type AccessList } from './access-list.js';
import type { NewEvent } from './codec.js';

/** The part of a stream's metadata that decides which of its events can be read, and by whom. */
export interface StreamMetadata {
  /** Keep at most this many of the last events. */
  readonly maxCount?: number;
  /** Keep events no older than this many milliseconds. */
  readonly maxAgeMs?: number;
  /** Keep events from this revision on. */
  readonly truncateBefore?: number;
  /** The stream was deleted, but may be written to again. */
  readonly softDeleted: boolean;
  readonly accessList?: AccessList;
}

/** The `$tb` of a deleted stream: the largest signed 64-bit integer, which no JavaScript number can hold. */
const DELETED_TB = '9223372036854775807';
/** What `JSON.parse` makes of {@link DELETED_TB}. */
const DELETED_TB_ROUNDED = 2 ** 63;

export const SOFT_DELETE_METADATA = `{"$tb":${DELETED_TB}}`;
export const NO_METADATA: StreamMetadata = { softDeleted: false };
/** A metadata stream keeps only its last event, whatever anybody says. */
export const METASTREAM_METADATA: StreamMetadata = { softDeleted: false, maxCount: 1 };

export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const metastreamOf = (stream: string): string => `$$${stream}`;
export const originalOf = (metastream: string): string => metastream.slice(2);

const integer = z.number().refine(Number.isInteger);
const shape = z
  .object({
    $maxCount: integer,
    $maxAge: integer,
    $tb: integer,
    $cacheControl: integer,
    $tmp: z.boolean(),
    $acl: accessListShape,
  })
  .partial();

/** The text of a metadata event. One that is not marked as JSON says nothing. */
export const metadataText = ({ contentType, data }: Pick<NewEvent, 'contentType' | 'data'>): string =>
  contentType === 'application/json' ? Buffer.from(data).toString('utf8') : '';

/** Parses the JSON of a metadata event. If any known field is malformed all of it is; limits that are not positive count as absent. */
export function parseMetadata(json: string): StreamMetadata {
  const { success, data } = shape.safeParse(parseObject(json));
  if (!success) return NO_METADATA;
  const { $maxCount: maxCount = 0, $maxAge: maxAgeSeconds = 0, $tb: truncateBefore = 0 } = data;
  return {
    softDeleted: truncateBefore === DELETED_TB_ROUNDED,
    ...(maxCount > 0 && { maxCount }),
    ...(maxAgeSeconds > 0 && { maxAgeMs: maxAgeSeconds * 1000 }),
    ...(truncateBefore > 0 && truncateBefore < DELETED_TB_ROUNDED && { truncateBefore }),
    ...(data.$acl && { accessList: data.$acl }),
  };
}

/**
 * The metadata of a deleted stream that is written to again: everything stays but `$tb`, which becomes the first
 * revision that is to be seen. Integers too long for a JavaScript number pass through as they are.
 */
export function undeletedMetadata(json: string, truncateBefore: number): string {
  const longIntegers: string[] = [];
  const guarded = json.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) => {
    if (token.startsWith('"')) return token;
    return `"\\u0000${longIntegers.push(token) - 1}"`;
  });
  const fields = { ...parseObject(guarded), $tb: truncateBefore };
  return JSON.stringify(fields).replace(
    /"\\u0000(\d+)"/g,
    (_, index: string) => longIntegers[Number(index)] ?? '0',
  );
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    // What JSON.parse returns as a non-null, non-array object has string keys.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
