import { z } from 'zod';
import { explain } from '#contract/explain';
import { trace, type Trace } from '#kernel/trace';
import type { Language } from '#web/language';

/** How a derived value came about, as data and in words. */
export const why = trace.extend({ words: z.string() });
/** By the field that it explains. */
export const whys = z.record(z.string(), why);

export const explained = (one: Trace, language: Language): z.output<typeof why> => ({
  ...one,
  words: explain(one)[language],
});

export const allExplained = (
  traces: Readonly<Record<string, Trace>>,
  language: Language,
): z.output<typeof whys> =>
  Object.fromEntries(Object.entries(traces).map(([field, one]) => [field, explained(one, language)]));
