import { refuser, type Refusals } from '#kernel/refusal';

export const contractRefusals = {
  'already-drafted': { en: 'Drafted already', zh: '合同已起草' },
  'not-drafted': { en: 'No such contract', zh: '合同不存在' },
  'notations-differ': { en: 'The two notations differ', zh: '大小写金额不一致' },
  'text-is-fixed': { en: 'A party has signed or sealed already', zh: '已有一方签字或盖章' },
  'preconditions-missing': { en: 'Preconditions of execution are missing', zh: '签署条件不齐备' },
  'in-the-future': { en: 'Lies in the future', zh: '日期晚于当前时间' },
  'recorded-otherwise': { en: 'Recorded already, with other content', zh: '已有不同记录' },
  'counterparts-uneven': { en: 'Each party holds two counterparts', zh: '每方应各执两份' },
  'formation-not-recorded': { en: 'No formation by performance is recorded', zh: '未记录以履行方式成立' },
  'four-eyes': { en: 'Needs a second person', zh: '须由另一人办理' },
  'not-effective': { en: 'Not effective yet', zh: '合同尚未生效' },
  'already-effective': { en: 'Effective already', zh: '合同已生效' },
  'contract-ended': { en: 'The contract has ended', zh: '合同已终止' },
  'nothing-amended': { en: 'The agreement changes nothing', zh: '未作任何变更' },
  'amendment-backdated': { en: 'Counts from before it was agreed', zh: '生效日早于签署日' },
  'not-in-writing': { en: 'Not in writing', zh: '非书面形式' },
  'sent-after-arrival': { en: 'Sent after it arrived', zh: '发出时间晚于到达时间' },
  'before-effect': { en: 'Before the contract was effective', zh: '早于合同生效' },
  'no-such-notice': { en: 'No such notice', zh: '通知不存在' },
  'notice-withdrawn': { en: 'The notice was withdrawn', zh: '通知已撤回' },
  'not-disputable': { en: 'The notice is not disputable', zh: '通知无争议' },
  'decided-otherwise': { en: 'Decided already, otherwise', zh: '已作出不同决定' },
  'consent-needed': { en: "Needs the other party's consent", zh: '须经对方同意' },
  'consent-of-sender': { en: 'The sender cannot consent', zh: '通知方不能自行同意' },
  'too-late-to-withdraw': { en: 'Too late to withdraw', zh: '撤回过迟' },
  'nothing-to-rescind': { en: 'Nothing to rescind', zh: '无可撤销的续期或期满' },
  'later-terms-rescinded': { en: 'Later terms had been rescinded', zh: '其后各期已被撤销' },
} as const satisfies Refusals;

// Its type is written out because only then does the compiler know that nothing follows a refusal.
export const refuse: (code: keyof typeof contractRefusals, sentence: string) => never =
  refuser(contractRefusals);
