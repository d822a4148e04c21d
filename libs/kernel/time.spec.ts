import { describe, expect, test } from '@jest/globals';
import {
  addDays,
  addMonths,
  addYears,
  dateOf,
  daysBetween,
  endOfDay,
  epochMsOf,
  instant,
  instantOf,
  instantOfEpochMs,
  localDate,
  startOfDay,
  toDate,
  zone,
} from './time.js';

const SHANGHAI = 'Asia/Shanghai';

describe('domain 3.1: the same day of another month, or its last day (Civil Code art. 202)', () => {
  test.each([
    ['2025-01-31', 1, '2025-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2025-08-31', 1, '2025-09-30'],
    ['2025-02-28', 1, '2025-03-28'],
    ['2025-03-31', -1, '2025-02-28'],
    ['2024-03-31', -1, '2024-02-29'],
    ['2025-01-15', -1, '2024-12-15'],
    ['2025-11-30', 3, '2026-02-28'],
    ['2026-03-15', 0, '2026-03-15'],
  ])('%s and %d months: %s', (date, months, expected) => {
    expect(addMonths(dateOf(date), months)).toBe(expected);
  });

  test.each([
    ['2024-02-29', 1, '2025-02-28'],
    ['2024-02-29', 4, '2028-02-29'],
    ['2096-02-29', 4, '2100-02-28'],
    ['2025-02-28', -1, '2024-02-28'],
  ])('%s and %d years: %s', (date, years, expected) => {
    expect(addYears(dateOf(date), years)).toBe(expected);
  });

  test('days are counted from the day after: over the ends of months and years, forwards and back', () => {
    expect(addDays(dateOf('2024-02-28'), 1)).toBe('2024-02-29');
    expect(addDays(dateOf('2026-01-01'), -1)).toBe('2025-12-31');
    expect(daysBetween(dateOf('2025-02-28'), dateOf('2025-03-01'))).toBe(1);
    expect(daysBetween(dateOf('2024-01-01'), dateOf('2025-01-01'))).toBe(366);
    expect(daysBetween(dateOf('2025-03-01'), dateOf('2025-02-28'))).toBe(-1);
  });

  test('there is no 30 February', () => {
    expect(() => dateOf('2025-02-30')).toThrow(RangeError);
    expect(() => dateOf('2025-02-29')).toThrow(RangeError);
    expect(localDate.safeParse('2025-02-29').success).toBe(false);
    expect(localDate.parse('2024-02-29')).toBe('2024-02-29');
  });
});

describe('domain 0.2: dates are those of Shanghai', () => {
  test.each([
    ['2026-02-15T23:30:00+08:00', '2026-02-15T15:30:00.000Z', '2026-02-15'],
    ['2026-02-15T00:30:00+08:00', '2026-02-14T16:30:00.000Z', '2026-02-15'],
    ['2026-02-14T15:59:59.999Z', '2026-02-14T15:59:59.999Z', '2026-02-14'],
    ['2026-02-14T16:00:00Z', '2026-02-14T16:00:00.000Z', '2026-02-15'],
    ['2025-12-31T16:00:00Z', '2025-12-31T16:00:00.000Z', '2026-01-01'],
  ])('%s is %s, on %s', (text, expected, date) => {
    expect(instantOf(text)).toBe(expected);
    expect(toDate(instantOf(text), SHANGHAI)).toBe(date);
  });

  test.each([
    ['2026-01-15', '2026-01-14T16:00:00.000Z', '2026-01-15T16:00:00.000Z'],
    ['2026-07-15', '2026-07-14T16:00:00.000Z', '2026-07-15T16:00:00.000Z'],
    ['2024-02-29', '2024-02-28T16:00:00.000Z', '2024-02-29T16:00:00.000Z'],
  ])('%s goes from %s up to, and without, %s: in summer as in winter', (date, from, until) => {
    expect(startOfDay(dateOf(date), SHANGHAI)).toBe(from);
    expect(endOfDay(dateOf(date), SHANGHAI)).toBe(until);
  });

  test('every day from 1992 on has 24 hours there, and belongs to itself', () => {
    for (let date = dateOf('1992-01-01'); date < '2040-01-01'; date = addDays(date, 1)) {
      const start = startOfDay(date, SHANGHAI);
      const hours = (epochMsOf(endOfDay(date, SHANGHAI)) - epochMsOf(start)) / 3_600_000;
      if (hours !== 24 || toDate(start, SHANGHAI) !== date) throw new Error(`${date}: ${hours} hours`);
    }
  });

  test('a zone with summer time has a day of 23 hours and a day of 25', () => {
    const hoursOf = (date: string) =>
      (epochMsOf(endOfDay(dateOf(date), 'Europe/Berlin')) -
        epochMsOf(startOfDay(dateOf(date), 'Europe/Berlin'))) /
      3_600_000;
    expect([hoursOf('2026-03-29'), hoursOf('2026-10-25')]).toEqual([23, 25]);
  });
});

describe('instants', () => {
  test('are written with three decimals, so that the order of texts is the order of time', () => {
    expect(instant.parse('2026-02-15T23:59:59+08:00')).toBe('2026-02-15T15:59:59.000Z');
    expect(instant.parse('2026-02-15T15:59:59.5Z')).toBe('2026-02-15T15:59:59.500Z');
    const later = instantOf('2026-02-15T15:59:59.500Z');
    expect(instantOf('2026-02-15T15:59:59Z') < later && later < instantOf('2026-02-15T16:00:00Z')).toBe(true);
  });

  test('finer than a millisecond are cut off, never rounded into the next day', () => {
    expect(instantOf('2026-02-15T15:59:59.9999Z')).toBe('2026-02-15T15:59:59.999Z');
  });

  test('without an offset are not instants', () => {
    expect(instant.safeParse('2026-02-15T15:59:59').success).toBe(false);
    expect(instant.safeParse('2026-02-15').success).toBe(false);
  });

  test('go to milliseconds and back', () => {
    expect(instantOfEpochMs(epochMsOf(instantOf('2026-02-15T16:00:00Z')))).toBe('2026-02-15T16:00:00.000Z');
  });
});

test('a zone is one that exists', () => {
  expect(['Asia/Shanghai', 'UTC', 'Asia/Nowhere', ''].map((name) => zone.safeParse(name).success)).toEqual([
    ...[true, true, false, false],
  ]);
});

test('what a date allows, the instant at which it begins allows too: nothing that was taken in can fail to be read', () => {
  const first = localDate.parse('1900-01-01');
  expect(instant.parse(startOfDay(first, 'Asia/Shanghai'))).toBe('1899-12-31T15:54:17.000Z');
  expect(instant.safeParse('9999-12-31T23:59:59-12:00').success).toBe(false);
  expect([localDate, instant].map((shape) => shape.safeParse('0000-01-01').success)).toEqual([false, false]);
});

test('a zone that the calendar arithmetic refuses is refused at once', () => {
  expect(zone.safeParse('IST').success).toBe(false);
});
