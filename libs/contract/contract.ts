import type { Decider } from '#kernel/decider';
import { policies } from '#policy/policy';
import { contractCommands } from './commands.js';
import { deadlines } from './deadlines.js';
import { drafting, policyGroup } from './decide-draft.js';
import { execution } from './decide-execution.js';
import { notices } from './decide-notice.js';
import { terms } from './decide-term.js';
import { withdrawals } from './decide-withdrawal.js';
import { events, type contractEvents } from './events.js';
import { evolve } from './evolve.js';
import { refusals } from './refusals.js';
import { initial, type Contract } from './state.js';

/** The leased-line contract: drafted, executed, renewed year after year, ended (AGR-1, 3.2, 7, 9, 10). */
export const contract: Decider<Contract, typeof contractCommands, typeof contractEvents> = {
  events,
  initial,
  evolve,
  commands: contractCommands,
  decide: { ...drafting, ...execution, ...notices, ...withdrawals, ...terms },
  deadlines,
  refusals,
  needs: { DraftContract: () => [{ history: policies, id: policyGroup }] },
  subjects: (state, id) =>
    state.status === 'none' ? [`contract:${id}`] : [`contract:${id}`, `customer:${state.drafted.customerId}`],
};
