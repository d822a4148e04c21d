import { z } from 'zod';

/**
 * How a derived date, tier or price came about, as data: the rule, its version, what went in, what came out.
 * Words are rendered when somebody asks; the result can be computed again from `inputs` alone.
 */
export const trace = z.object({
  rule: z.string(),
  version: z.int().min(1),
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  result: z.union([z.string(), z.number(), z.boolean(), z.null()]),
});
export type Trace = z.output<typeof trace>;

type Inputs = Trace['inputs'];
type Result = Trace['result'];

/** A value together with how it came about. */
export interface Derived<R extends Result> {
  readonly value: R;
  readonly trace: Trace;
}

/** A named, versioned way to derive one value from plain inputs. Whoever calls it cannot forget the trace. */
export interface Derivation<I extends Inputs = Inputs, R extends Result = Result> {
  (inputs: I): Derived<R>;
  readonly rule: string;
  readonly version: number;
}

/**
 * NOTE: a stored trace is recomputed with the rule of its own version: a changed rule is a new derivation with the next
 * version, beside the old one.
 */
export function derivation<I extends Inputs, R extends Result>(
  rule: string,
  version: number,
  compute: (inputs: I) => R,
): Derivation<I, R> {
  const derive = (inputs: I): Derived<R> => {
    const value = compute(inputs);
    return { value, trace: { rule, version, inputs, result: value } };
  };
  return Object.assign(derive, { rule, version });
}

/** Any derivation, its types forgotten. */
export interface AnyDerivation {
  (inputs: never): Derived<Result>;
  readonly rule: string;
  readonly version: number;
}

/** Computes a stored trace's result again, from its inputs alone. A rule or version that nobody knows throws. */
export function recompute(derivations: readonly AnyDerivation[], { rule, version, inputs }: Trace): Result {
  const known = derivations.find((each) => each.rule === rule && each.version === version);
  if (!known) throw new Error(`no rule ${rule} of version ${version}`);
  // The inputs were written by this very rule: the name and version say so, the compiler cannot.
  return known(inputs as never).value;
}
