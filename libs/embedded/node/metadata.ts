/** The part of a stream's metadata that decides which of its events can be read. */
export interface StreamMetadata {
  /** Keep at most this many of the last events. */
  readonly maxCount?: number;
  /** Keep events no older than this many milliseconds. */
  readonly maxAgeMs?: number;
  /** Keep events from this revision on. */
  readonly truncateBefore?: number;
  /** The stream was deleted, but may be written to again. */
  readonly softDeleted: boolean;
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

/** Parses the JSON of a metadata event. Malformed metadata and values that make no sense count as absent. */
export function parseMetadata(json: string): StreamMetadata {
  const fields = parseObject(json);
  if (!fields) return NO_METADATA;
  const positive = (name: string): number | undefined => {
    const value = fields[name];
    return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
  };
  const maxCount = positive('$maxCount');
  const maxAgeSeconds = positive('$maxAge');
  const truncateBefore = positive('$tb');
  return {
    softDeleted: fields['$tb'] === DELETED_TB_ROUNDED,
    ...(maxCount !== undefined && { maxCount }),
    ...(maxAgeSeconds !== undefined && { maxAgeMs: maxAgeSeconds * 1000 }),
    ...(truncateBefore !== undefined && { truncateBefore }),
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
