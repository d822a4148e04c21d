import type { ContractPolicy } from '#contract/policy';
import { on, playContract, type AskedOfContract } from './contract.js';

/** The story's events from the first effect on, as `type` or `type@date-time`, after everything due by `until` was settled. */
export function story(
  until: string,
  asked: readonly AskedOfContract[],
  changed: Partial<ContractPolicy> = {},
) {
  const play = playContract(changed);
  const after = play.settle(play.given(...asked), on(until));
  const from = after.events.findIndex(({ type }) => type === 'ContractBecameEffective');
  const told = after.events.slice(from + 1).filter(({ type }) => type !== 'NoticeReminderIssued');
  return { ...after, told: told.map(({ type }) => type), dated: told };
}

/** The code of the refusal of `last` after all the others, if it was refused. */
export function refusal(
  asked: readonly AskedOfContract[],
  last: AskedOfContract,
  changed?: Partial<ContractPolicy>,
) {
  const play = playContract(changed);
  return play.when(play.given(...asked), last).refused?.code;
}

/** Timeliness and effect of every notice that was received. */
export const effects = ({ events }: ReturnType<typeof story>) =>
  events.flatMap((event) =>
    event.type === 'NonRenewalNoticeReceived' ? [[event.data.timeliness, event.data.effect]] : [],
  );
