import { contractNotices } from '#contract/tables/notices';
import { contracts } from '#contract/tables/contracts';
import { contractTerms } from '#contract/tables/terms';
import { policies } from '#policy/tables/policies';
import type { Projection } from '#projection/projection';
import { auditIndex } from '#projection/tables/audit-index';
import { deadlinesTable } from '#projection/tables/deadlines';
import { projectionCareTable } from '#projection/tables/projection-care';
import { TimerWork1795392000001 } from '#timers/migrations/timer-work';
import { timerCare } from '#timers/tables/timer-care';
import { timetables } from './events.js';

/** What falls due when, in every context that knows time. */
export const deadlines = deadlinesTable(timetables);

/** The tables of the system that are not projected, beside the projection engine's own: the same list for every process. */
export const migrations = [TimerWork1795392000001];

/** Every projected table of the system: for the process that writes them and those that read them. */
export const projections: readonly Projection[] = [
  auditIndex,
  deadlines,
  timerCare,
  projectionCareTable,
  contracts,
  contractTerms,
  contractNotices,
  policies,
];
