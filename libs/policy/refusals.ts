export const policyRefusals = {
  'no-active-policy': { en: 'No policy in force', zh: '无生效的策略' },
  'no-such-policy': { en: 'No such policy', zh: '策略不存在' },
  'no-such-policy-version': { en: 'No such policy version', zh: '策略版本不存在' },
  'policy-values-invalid': { en: 'Policy values invalid', zh: '策略取值无效' },
  'policy-already-active': { en: 'Policy version already active', zh: '策略版本已生效' },
  'policy-retroactive': { en: 'A policy cannot act backwards', zh: '策略不得溯及既往' },
  'four-eyes': { en: 'A second person is needed', zh: '须由另一人复核' },
};
