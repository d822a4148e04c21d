import { z } from 'zod';
import type { Language } from '#web/language';

/** A value of an enumeration as answers carry it: for machines and for people. */
export const coded = z.object({
  code: z.string(),
  label: z.string().meta({ description: 'In the language asked for by Accept-Language: en or zh.' }),
});
export type Coded = z.output<typeof coded>;

const labels = z.object({ labels: z.record(z.string(), z.object({ en: z.string(), zh: z.string() })) });

/** Names the values of an enumeration that was made with `labelled`. Throws on a value that it does not have. */
export function naming<S extends z.ZodType<string>>(
  enumeration: S,
  language: Language,
): (code: z.output<S>) => Coded {
  const known = labels.parse(enumeration.meta()).labels;
  return (code) => {
    const label = known[code];
    if (!label) throw new Error(`${code} has no label`);
    return { code, label: label[language] };
  };
}
