/** The one way in which answers are written: a bigint as decimal text, a date in ISO 8601 (UTC, milliseconds). */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
