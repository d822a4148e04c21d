import { z } from 'zod';
import type { PolicyValue } from './events.js';

/**
 * How sure a default is (domain.md 0.1): stated, stated but damaged, law, unofficial page, background, chosen here;
 * `-` for a convention of the whole system (0.2).
 */
export type SourceTag = 'S' | 'S?' | 'L' | 'P' | 'B' | 'D' | '-';

/** One configurable value of the domain: where it comes from, and what is still to be asked about it. */
export interface PolicyKey {
  readonly source: SourceTag;
  readonly description: string;
  /** The number of the question in domain.md 8 that may change the value. */
  readonly openQuestion?: number;
}

export type PolicyValues = Readonly<Record<string, PolicyValue>>;

/** The policies of one context. They are proposed and put into force together, under one version. */
export interface PolicyGroup {
  /** Takes a whole set of values; unknown keys are refused. */
  readonly shape: z.ZodType;
  readonly defaults: PolicyValues;
  readonly keys: Readonly<Record<string, PolicyKey>>;
}
export type PolicyGroups = Readonly<Record<string, PolicyGroup>>;

/** One value with its shape, for a group that is written down key by key. */
interface Entry {
  readonly known: PolicyKey;
  readonly shape: z.ZodType;
  readonly value: PolicyValue;
}

/** A value and its default, which must fit the shape that it is written beside. */
export const key = <S extends z.ZodType<PolicyValue>>(
  shape: S,
  value: z.output<S>,
  source: SourceTag,
  description: string,
  openQuestion?: number,
): Entry => ({
  shape,
  value,
  known: { source, description, ...(openQuestion !== undefined && { openQuestion }) },
});

/** A group whose values do not depend on each other. */
export function group(entries: Readonly<Record<string, Entry>>): PolicyGroup {
  const pick = <T>(what: (entry: Entry) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, what(entry)]));
  return {
    shape: z.strictObject(pick(({ shape }) => shape)),
    defaults: pick(({ value }) => value),
    keys: pick(({ known }) => known),
  };
}
