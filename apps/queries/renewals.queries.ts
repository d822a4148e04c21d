import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Brackets, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { contractNotices } from '#contract/tables/notices';
import { TermRow } from '#contract/tables/term-row';
import { contractTerms } from '#contract/tables/terms';
import { fen } from '#kernel/money';
import { BUSINESS_ZONE, daysBetween, localDate } from '#kernel/time';
import { dayBegins, dayIsOver } from './business-time.js';
import { incompleteness } from './incomplete.js';
import { Snapshots, type Reflected } from './snapshot.js';

const DAYS_MAX = 400;

export const calendarWindow = z
  .strictObject({
    from: localDate.meta({ description: 'The first day.' }),
    to: localDate.meta({ description: `The last day; at most ${DAYS_MAX} days in all.` }),
  })
  .refine(({ from, to }) => from <= to && daysBetween(from, to) < DAYS_MAX, {
    path: ['to'],
    error: `from the first day on, at most ${DAYS_MAX} days in all`,
  });
type Window = z.output<typeof calendarWindow>;

const total = z.object({
  count: z.int(),
  annualFeeFen: fen.meta({ description: 'Of the terms that are counted.' }),
});
const calendarDay = z.object({
  on: localDate.meta({
    description: 'In Asia/Shanghai; what happens at 24:00 belongs to the day that begins.',
  }),
  locks: total.meta({ description: 'Renewals that no notice can prevent any more from this day on.' }),
  renewals: total.meta({ description: 'Terms that end and are renewed, as far as is known.' }),
  expiries: total.meta({ description: 'Terms that end the contract by notice.' }),
  renewalsByState: z
    .object({ open: z.int(), disputable: z.int(), locked: z.int() })
    .meta({ description: 'How certain the renewals are; a disputable notice waits for a person.' }),
});
export const renewalCalendar = z.object({
  days: z.array(calendarDay).meta({ description: 'The days on which something happens, in order.' }),
  ...incompleteness,
});
type CalendarDay = z.output<typeof calendarDay>;

/** What is locked, renewed and ended on each day. */
export class GetRenewalCalendar extends Query<Reflected<z.output<typeof renewalCalendar>>> {
  constructor(
    readonly window: Window,
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(GetRenewalCalendar)
export class GetRenewalCalendarHandler implements IQueryHandler<GetRenewalCalendar> {
  constructor(private readonly snapshots: Snapshots) {}

  async execute({
    window,
    atLeast,
  }: GetRenewalCalendar): Promise<Reflected<z.output<typeof renewalCalendar>>> {
    const used = [contractTerms, contractNotices];
    const { answer, ...reflected } = await this.snapshots.read(used, atLeast, async (tables) => ({
      locks: await countByDay(tables, 'locksAt', window, { locks: renews }),
      ends: await countByDay(tables, 'expiresAt', window, {
        renewals: renews,
        expiries: `t.renewal = 'ending'`,
        open: `t.renewal = 'open' AND NOT ${disputed}`,
        disputable: `t.renewal = 'held' OR (t.renewal = 'open' AND ${disputed})`,
        locked: `t.renewal = 'locked'`,
      }),
    }));
    const dates = [...new Set([...answer.locks.keys(), ...answer.ends.keys()])].sort();
    const days = dates.map((on) => dayOf(on, answer.locks.get(on), answer.ends.get(on)));
    return { answer: { days }, ...reflected };
  }
}

const renews = `t.renewal <> 'ending'`;
// TypeORM puts column names for properties only where a blank, a bracket or the like follows, not the end of a line.
const disputed = `EXISTS (SELECT FROM views.contract_notices n
  WHERE n.effect = 'to-be-decided' AND n.contract_id = t.contractId AND n.term_no = t.termNo )`;

type Totals = ReadonlyMap<string, z.output<typeof total>>;

/** Counts the terms of which an instant falls on each day, under several names, each with its own condition; a day without any is left out. */
async function countByDay(
  tables: EntityManager,
  instant: 'locksAt' | 'expiresAt',
  { from, to }: Window,
  conditions: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Totals>> {
  const day = `to_char(t.${instant} AT TIME ZONE '${BUSINESS_ZONE}', 'YYYY-MM-DD')`;
  const query = tables
    .createQueryBuilder(TermRow, 't')
    .select(day, 'day')
    .where(`t.${instant} >= :from AND t.${instant} < :until`, { from: dayBegins(from), until: dayIsOver(to) })
    .andWhere(`t.state NOT IN ('rescinded', 'terminated')`)
    .andWhere(new Brackets((where) => Object.values(conditions).forEach((each) => where.orWhere(each))))
    .groupBy('day');
  for (const [name, condition] of Object.entries(conditions)) {
    query.addSelect(`count(*) FILTER (WHERE ${condition})`, `${name}_count`);
    query.addSelect(`coalesce(sum(t.annualFeeFen) FILTER (WHERE ${condition}), 0)`, `${name}_fen`);
  }
  const rows = await query.getRawMany<Readonly<Record<string, string>>>();
  const totalsOf = (row: Readonly<Record<string, string>>): Totals =>
    new Map(
      Object.keys(conditions).map((name) => [
        name,
        { count: Number(row[`${name}_count`]), annualFeeFen: Number(row[`${name}_fen`]) },
      ]),
    );
  return new Map(rows.map((row) => [row['day'] ?? '', totalsOf(row)]));
}

function dayOf(on: string, locks: Totals | undefined, ends: Totals | undefined): CalendarDay {
  const of = (totals: Totals | undefined, name: string) => totals?.get(name) ?? { count: 0, annualFeeFen: 0 };
  return {
    on: localDate.parse(on),
    locks: of(locks, 'locks'),
    renewals: of(ends, 'renewals'),
    expiries: of(ends, 'expiries'),
    renewalsByState: {
      open: of(ends, 'open').count,
      disputable: of(ends, 'disputable').count,
      locked: of(ends, 'locked').count,
    },
  };
}
