import type { Decider } from '#kernel/decider';
import { policies } from '#policy/policy';
import { contractCommands } from './commands.js';
import { contractDeadlines } from './deadlines.js';
import { draftRules, policyGroup } from './decide-draft.js';
import { executionRules } from './decide-execution.js';
import { noticeRules } from './decide-notice.js';
import { termRules } from './decide-term.js';
import { withdrawalRules } from './decide-withdrawal.js';
import { contractEvents } from './events.js';
import { evolve } from './evolve.js';
import { contractRefusals } from './refusals.js';
import { initial, type Contract } from './state.js';

/** The leased-line contract: drafted, executed, renewed year after year, ended (AGR-1, 3.2, 7, 9, 10). */
export const contract: Decider<Contract, typeof contractCommands, typeof contractEvents.shapes> = {
  events: contractEvents,
  initial,
  evolve,
  commands: contractCommands,
  decide: { ...draftRules, ...executionRules, ...noticeRules, ...withdrawalRules, ...termRules },
  deadlines: contractDeadlines,
  refusals: contractRefusals,
  needs: { DraftContract: () => [{ history: policies, id: policyGroup }] },
  subjects: (state, id) =>
    state.status === 'none' ? [`contract:${id}`] : [`contract:${id}`, `customer:${state.drafted.customerId}`],
};
