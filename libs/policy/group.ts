import { z } from 'zod';

/** How sure a default is (domain.md 0.1): stated, stated but damaged, law, unofficial page, background, chosen here. */
export type SourceTag = 'S' | 'S?' | 'L' | 'P' | 'B' | 'D';

/** One configurable value of the domain: what it is, where it comes from and what is still to be asked about it. */
export interface PolicyKey<S extends z.ZodType = z.ZodType> {
  readonly shape: S;
  readonly value: z.output<S>;
  readonly source: SourceTag;
  readonly does: string;
  /** The number of the question in domain.md 8 that may change the value. */
  readonly question?: number;
}

/** The policies of one context, by key. They are proposed and activated together, under one version. */
export type PolicyGroup = Readonly<Record<string, PolicyKey>>;
export type PolicyGroups = Readonly<Record<string, PolicyGroup>>;

export type PolicyValues<G extends PolicyGroup> = { readonly [K in keyof G]: z.output<G[K]['shape']> };

/** Checks that the default fits the shape, where it is written down. */
export const key = <S extends z.ZodType>(
  shape: S,
  value: z.output<S>,
  source: SourceTag,
  does: string,
  question?: number,
): PolicyKey<S> => ({ shape, value, source, does, ...(question !== undefined && { question }) });

export function defaultsOf<G extends PolicyGroup>(group: G): PolicyValues<G> {
  const entries = Object.entries(group).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(entries) as PolicyValues<G>; // Each value fits its own key's shape.
}

/** The shape of a group's whole set of values; unknown keys are refused. */
export function shapeOf<G extends PolicyGroup>(group: G) {
  const entries = Object.entries(group).map(([name, { shape }]) => [name, shape]);
  return z.strictObject(Object.fromEntries(entries) as { [K in keyof G]: G[K]['shape'] });
}
