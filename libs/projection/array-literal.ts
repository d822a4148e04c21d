/** Writes one value as an element of a Postgres array literal. */
export type Encode = (value: unknown) => string;

/** `{a,b}`: a whole column of a batch as one parameter, written in one go since `pg` escapes element by element. */
export function arrayLiteral(values: readonly unknown[], encode: Encode): string {
  let literal = '{';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (i > 0) literal += ',';
    literal += value === null || value === undefined ? 'NULL' : encode(value);
  }
  return literal + '}';
}

/** For types whose text holds nothing that means something in an array literal: numbers, UUIDs, dates, instants. */
export const plainText: Encode = (value) => (value instanceof Date ? value.toISOString() : String(value));

/** For any text, and for the literal of a row's own array. */
export const quotedText: Encode = (value) => {
  const text = Array.isArray(value) ? arrayText(value) : String(value);
  return `"${special.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
};
const special = /["\\]/;

export const jsonText: Encode = (value) => quotedText(JSON.stringify(value));

/** A row's own array, on its own. */
export const arrayText: Encode = (value) => arrayLiteral(value as readonly unknown[], quotedText);
