import { labelled } from '#kernel/label';
import type { ContractRow } from '#contract/tables/contract-row';

/** What a draft may still lack. */
export const missingPart = labelled({
  'annual-fee': { en: 'the annual fee in both notations', zh: '年费（大小写）' },
  'responsibility-letter': { en: 'the responsibility letter', zh: '信息安全责任书' },
  'signature-a': { en: 'the signature of party A', zh: '甲方签字' },
  'seal-a': { en: 'the seal of party A', zh: '甲方盖章' },
  'signature-b': { en: 'the signature of party B', zh: '乙方签字' },
  'seal-b': { en: 'the seal of party B', zh: '乙方盖章' },
  'act-a': { en: 'the signature or the seal of party A', zh: '甲方签字或者盖章' },
  'act-b': { en: 'the signature or the seal of party B', zh: '乙方签字或者盖章' },
});
type MissingPart = (typeof missingPart.options)[number];

/** What is missing before a draft takes effect by signing and sealing, read off what is there; nothing once it has. */
export function missingIn(contract: ContractRow): MissingPart[] {
  if (contract.status !== 'draft') return [];
  const { signedAOn, sealedAOn, signedBOn, sealedBOn } = contract;
  const parts: readonly (readonly [MissingPart, unknown])[] = [
    ['annual-fee', contract.annualFeeFen],
    ['responsibility-letter', contract.responsibilityLetter],
    ...(contract.policy.executionMode === 'SIGN_AND_SEAL'
      ? ([
          ['signature-a', signedAOn],
          ['seal-a', sealedAOn],
          ['signature-b', signedBOn],
          ['seal-b', sealedBOn],
        ] as const)
      : ([
          ['act-a', signedAOn ?? sealedAOn],
          ['act-b', signedBOn ?? sealedBOn],
        ] as const)),
  ];
  return parts.filter(([, there]) => there === null).map(([part]) => part);
}
