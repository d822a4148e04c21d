import { z } from 'zod';

export const count = z.int().nonnegative();
export const days = z.int().positive();
export const hours = z.int().positive();
export const ratio = z.number().min(0).max(1);

/** A table of lower bounds: the level is the last one reached. */
export const ascending = z
  .array(z.number())
  .refine(
    (values) => values.every((value, i) => i === 0 || value > (values[i - 1] ?? 0)),
    'an ascending list',
  );
