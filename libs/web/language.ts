import type { Label } from '#kernel/label';

export type Language = keyof Label;

/** The house language that an Accept-Language header likes best (RFC 9110, 12.5.4); English when it names neither. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: Language = 'en';
  let bestWeight = 0;
  for (const range of (acceptLanguage ?? '').split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = tag.split('-')[0];
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    if ((language === 'en' || language === 'zh') && weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}
