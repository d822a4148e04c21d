import type { EntityManager } from 'typeorm';
import { logEvents } from '#event-store/log-events';
import { logStream } from '#event-store/log';
import {
  BUSINESS_ZONE,
  endOfDay,
  instantOfEpochMs,
  startOfDay,
  type Instant,
  type LocalDate,
} from '#kernel/time';
import { AuditRow } from '#projection/tables/audit-index';

/** When the days of lists and calendars begin and end. */
export const dayBegins = (day: LocalDate): Instant => startOfDay(day, BUSINESS_ZONE);
export const dayIsOver = (day: LocalDate): Instant => endOfDay(day, BUSINESS_ZONE);

/** What the business clock shows: a simulated one stands where the log says that it was moved last, else it is the database's. */
export async function businessNow(tables: EntityManager): Promise<Instant> {
  const last = await tables.findOne(AuditRow, {
    where: { stream: logStream },
    order: { revision: 'DESC' },
  });
  if (last?.type === 'ClockAdvanced') return logEvents.shapes.ClockAdvanced.parse(last.data).to;
  const started = last && logEvents.shapes.LogStarted.parse(last.data);
  if (started?.simulated) return started.clockAt;
  const [{ now }]: [{ now: Date }] = await tables.query('SELECT now() AS now');
  return instantOfEpochMs(now.getTime());
}
