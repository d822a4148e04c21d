import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

declare const instantBrand: unique symbol;
declare const dateBrand: unique symbol;

/** A point in time as `2026-02-15T15:59:59.000Z`: UTC, always three decimals, so that text order is time order. */
export type Instant = string & { readonly [instantBrand]: true };

/** A calendar date as `2026-02-15`, in the zone that its owner states. */
export type LocalDate = string & { readonly [dateBrand]: true };

/** An IANA time zone name, such as `Asia/Shanghai`. */
export type Zone = string;

/** The zone of all business rules that do not state their own (domain.md 0.2). */
export const BUSINESS_ZONE: Zone = 'Asia/Shanghai';

/** In canonical form, on a day that every month has: of such an instant nothing is left to check. */
const PLAIN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Reads an instant with any offset; digits finer than a millisecond are cut off. */
export function instantOf(text: string): Instant {
  // Every event in the log brings its instants in this very form; Date takes 1 µs to say so, and Temporal 20.
  if (PLAIN.test(text)) return text as Instant;
  if (CANONICAL.test(text) && isoOf(Date.parse(text)) === text) return text as Instant;
  return Temporal.Instant.from(text).toString({ fractionalSecondDigits: 3 }) as Instant;
}

/** Reads a date; throws RangeError when there is no such day. */
export function dateOf(text: string): LocalDate {
  return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() as LocalDate;
}

const isoOf = (epochMs: number): string | undefined =>
  Number.isNaN(epochMs) ? undefined : new Date(epochMs).toISOString();

export const instantOfEpochMs = (epochMs: number): Instant => new Date(epochMs).toISOString() as Instant;
export const epochMsOf = (instant: Instant): number => Date.parse(instant);

/** What lies before is a slip of the pen, and years that few systems know: Postgres has no year 0. */
const YEAR_MIN = 1900;

export const localDate = z.iso
  .date({ error: 'a date, such as 2026-02-15', abort: true })
  .refine((text) => Number(text.slice(0, 4)) >= YEAR_MIN, `a date of the year ${YEAR_MIN} or later`)
  .transform((text) => text as LocalDate)
  .meta({ public: true });

/** The first day that a date may name began in 1899 in the east. */
const INSTANT_MIN = `${YEAR_MIN - 1}-12-31`;

export const instant = z.iso
  .datetime({
    offset: true,
    error: 'an instant with its offset, such as 2026-02-15T23:59:59+08:00',
    abort: true,
  })
  .transform(instantOf)
  .refine((at) => CANONICAL.test(at) && at >= INSTANT_MIN, `an instant from the year ${YEAR_MIN} to 9999`)
  .meta({ public: true });

export const zone = z
  .string()
  .refine(isZone, 'an IANA time zone, such as Asia/Shanghai')
  .meta({ public: true });

/** Asked of Temporal, which refuses some short names that Intl still takes. */
function isZone(name: string): boolean {
  try {
    Temporal.PlainDate.from('2000-01-01').toZonedDateTime(name);
    return true;
  } catch {
    return false;
  }
}

/** The same day number `months` later (or earlier, when negative); if that month lacks it, its last day. Civil Code art. 202. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ months }).toString() as LocalDate;
}

export const addYears = (date: LocalDate, years: number): LocalDate => addMonths(date, 12 * years);

export function addDays(date: LocalDate, days: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ days }).toString() as LocalDate;
}

/** Days from `from` to `to`: 1 from one day to the next. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

/** The instant at which `date` begins in `zone`. */
export function startOfDay(date: LocalDate, zone: Zone): Instant {
  return instantOfEpochMs(Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds);
}

/** 24:00 of `date`, as the exclusive instant 00:00 of the next day: on time is what comes before it. Civil Code art. 203. */
export const endOfDay = (date: LocalDate, zone: Zone): Instant => startOfDay(addDays(date, 1), zone);

/** The calendar date of an instant in `zone`. 00:30 in Shanghai is still the day before in UTC. */
export function toDate(instant: Instant, zone: Zone): LocalDate {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString() as LocalDate;
}
