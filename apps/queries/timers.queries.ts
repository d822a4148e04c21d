import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { deadlines } from '#contexts/tables';
import { reference } from '#kernel/text';
import { instant, instantOfEpochMs } from '#kernel/time';
import { auditIndex } from '#projection/tables/audit-index';
import { deadlineKey, timerIdOf } from '#timers/care-events';
import { listTimers, timerState, type TimerStanding } from '#timers/list';
import { timerCare } from '#timers/tables/timer-care';
import type { Language } from '#web/language';
import { page } from '#web/reads';
import { businessNow } from './business-time.js';
import { coded, naming } from './coded.js';
import { cursorOf, next, readCursor } from './cursor.js';
import { incompleteness } from './incomplete.js';
import { Snapshots, type Reflected } from './snapshot.js';

export const timerFilter = z.strictObject({
  ...page.shape,
  state: timerState.optional(),
  stream: reference.optional().meta({ description: 'Of this aggregate only, such as `contract-4f1c…`.' }),
});

const timerAnswer = z
  .object({
    id: z.uuid().meta({ description: 'For the routes that hold, release and skip it.' }),
    ...deadlineKey.shape,
    dueAt: instant,
    state: coded,
    attempts: z.int().meta({ description: 'How often it failed since it was taken up or released.' }),
    cause: z.string().nullable().meta({ description: 'Why it failed last.' }),
    parkedAt: instant.nullable().meta({ description: 'Of a parked timer; its release names it.' }),
    decided: z
      .object({ by: z.string(), at: instant, reasonCode: z.string().nullable() })
      .nullable()
      .meta({ description: 'By a person, at last: a hold, a skip or a release.' }),
  })
  .meta({ title: 'Timer' });
export const timerPage = z.object({ items: z.array(timerAnswer), next, ...incompleteness });
type Page = z.output<typeof timerPage>;

/** The timers of the open deadlines, the longest due first. */
export class ListTimers extends Query<Reflected<Page>> {
  constructor(
    readonly filter: z.output<typeof timerFilter>,
    readonly language: Language,
    readonly atLeast?: string,
  ) {
    super();
  }
}

const { stream, command, generation } = deadlineKey.shape;
const listKey = z.tuple([instant, stream, command, generation]);

@QueryHandler(ListTimers)
export class ListTimersHandler implements IQueryHandler<ListTimers> {
  constructor(private readonly snapshots: Snapshots) {}

  async execute({ filter, language, atLeast }: ListTimers): Promise<Reflected<Page>> {
    const { cursor, limit, state, stream } = filter;
    const after = cursor === undefined ? undefined : keyIn(cursor);
    const used = [deadlines, timerCare, auditIndex];
    const { answer: found, ...reflected } = await this.snapshots.read(used, atLeast, async (tables) => {
      const now = await businessNow(tables);
      return listTimers(tables, { now, limit: limit + 1, state, stream, after });
    });
    const items = found.slice(0, limit).map((each) => viewOf(each, language));
    const last = items.at(-1);
    if (!last || found.length === items.length) return { answer: { items }, ...reflected };
    const key = [last.dueAt, last.stream, last.command, last.generation];
    return { answer: { items, next: cursorOf(key) }, ...reflected };
  }
}

function keyIn(cursor: string) {
  const [dueAt, stream, command, generation] = readCursor(listKey, cursor);
  return { dueAt, stream, command, generation };
}

function viewOf(standing: TimerStanding, language: Language): Page['items'][number] {
  const { stream, command, generation, dueAt, state, attempts, cause, parkedAt } = standing;
  const { decidedBy: by, decidedAt, reasonCode } = standing;
  return {
    id: timerIdOf(standing),
    ...{ stream, command, generation, attempts, cause },
    dueAt: instantOfEpochMs(dueAt.getTime()),
    state: naming(timerState, language)(state),
    parkedAt: parkedAt && instantOfEpochMs(parkedAt.getTime()),
    decided: by && decidedAt ? { by, at: instantOfEpochMs(decidedAt.getTime()), reasonCode } : null,
  };
}
