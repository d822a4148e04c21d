import type { Label } from './label.js';

/** A business "no": a stable code for machines and a sentence for people. Anything else that is thrown is a bug. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: string,
    /** The short name of this refusal, in English and Chinese. */
    readonly title: Label,
    /** Says what was wrong in this case and what is expected. Holds no personal data. */
    readonly sentence: string,
  ) {
    super(`${code}: ${sentence}`);
  }
}

/** The refusals of one context, code -> title. Codes are part of the public contract and never change meaning. */
export type Refusals = Readonly<Record<string, Label>>;

/** Makes the `refuse` of one context: it takes that context's codes only. */
export function refuser<const R extends Refusals>(titles: R) {
  return function refuse(code: keyof R & string, sentence: string): never {
    throw new Refusal(code, titles[code] as Label, sentence);
  };
}
