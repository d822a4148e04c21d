import { z } from 'zod';

/** A name for people, in the two languages of the house. */
export interface Label {
  readonly en: string;
  readonly zh: string;
}

type Labels = Readonly<Record<string, Label>>;

/**
 * An enumeration whose every value carries an English and a Chinese label.
 * The labels travel in the shape's metadata, so that the API's documentation shows them.
 */
export function labelled<const L extends Labels>(labels: L) {
  const values = Object.keys(labels) as [keyof L & string, ...(keyof L & string)[]];
  const description = values
    .map((value) => `${value}: ${labels[value]?.en} (${labels[value]?.zh})`)
    .join('; ');
  return z.enum(values).meta({ description, labels });
}
