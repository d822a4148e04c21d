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
