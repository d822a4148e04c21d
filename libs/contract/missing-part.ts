import { labelled } from '#kernel/label';
import type { ContractPolicy } from './policy.js';

const labels = {
  'annual-fee': { en: 'the annual fee in both notations', zh: '年费（大小写）' },
  'responsibility-letter': { en: 'the responsibility letter', zh: '信息安全责任书' },
  'signature-a': { en: 'the signature of party A', zh: '甲方签字' },
  'seal-a': { en: 'the seal of party A', zh: '甲方盖章' },
  'signature-b': { en: 'the signature of party B', zh: '乙方签字' },
  'seal-b': { en: 'the seal of party B', zh: '乙方盖章' },
  'act-a': { en: 'the signature or the seal of party A', zh: '甲方签字或者盖章' },
  'act-b': { en: 'the signature or the seal of party B', zh: '乙方签字或者盖章' },
} as const;

/** What a draft may still lack. */
export const missingPart = labelled(labels);
type MissingPart = (typeof missingPart.options)[number];

export const wordsFor = (part: MissingPart): string => labels[part].en;

/** What there is of a contract's execution; null stands for what there is not. */
export interface Execution {
  readonly executionMode: ContractPolicy['executionMode'];
  readonly annualFeeFen: number | bigint | null;
  readonly responsibilityLetter: string | null;
  readonly signedAOn: string | null;
  readonly sealedAOn: string | null;
  readonly signedBOn: string | null;
  readonly sealedBOn: string | null;
}

/** What there must be before anybody signs or seals. */
export const missingBeforeActs = (
  has: Pick<Execution, 'annualFeeFen' | 'responsibilityLetter'>,
): MissingPart[] =>
  missing([
    ['annual-fee', has.annualFeeFen],
    ['responsibility-letter', has.responsibilityLetter],
  ]);

/** What a draft needs before it takes effect by signing and sealing (AGR-10.1). */
export function missingParts(has: Execution): MissingPart[] {
  const { signedAOn, sealedAOn, signedBOn, sealedBOn } = has;
  const acts: readonly Part[] =
    has.executionMode === 'SIGN_AND_SEAL'
      ? [
          ['signature-a', signedAOn],
          ['seal-a', sealedAOn],
          ['signature-b', signedBOn],
          ['seal-b', sealedBOn],
        ]
      : [
          ['act-a', signedAOn ?? sealedAOn],
          ['act-b', signedBOn ?? sealedBOn],
        ];
  return [...missingBeforeActs(has), ...missing(acts)];
}

type Part = readonly [MissingPart, unknown];
const missing = (parts: readonly Part[]): MissingPart[] =>
  parts.filter(([, there]) => there === null).map(([part]) => part);
