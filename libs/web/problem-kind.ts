import type { Label } from '#kernel/label';

/** One kind of problem (RFC 9457): its code is the last part of the stable type `/problems/{code}`. */
export interface ProblemKind {
  readonly code: string;
  readonly status: number;
  readonly title: Label;
  /** What it means and what to do, where nothing more exact is known. */
  readonly sentence: string;
  /** The same request may be sent again after this many seconds. */
  readonly retryAfterSeconds?: number;
}

/** With its title in English and Chinese. */
export const kind = (
  code: string,
  status: number,
  en: string,
  zh: string,
  sentence: string,
  retryAfterSeconds?: number,
): ProblemKind => ({
  code,
  status,
  title: { en, zh },
  sentence,
  ...(retryAfterSeconds && { retryAfterSeconds }),
});
