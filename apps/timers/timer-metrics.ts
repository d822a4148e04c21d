import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Instant } from '#kernel/time';
import { timerStatus, type TimerStatus } from '#timers/status';
import { overdueContracts } from './overdue-contracts.js';

interface Figures extends TimerStatus {
  readonly overdue: number;
}

const gauges: readonly { name: string; help: string; of: (figures: Figures) => number | undefined }[] = [
  { name: 'fourstar_timers_parked', help: 'Deadlines set aside for a person', of: ({ parked }) => parked },
  { name: 'fourstar_timers_due', help: 'Deadlines that are due and not yet settled', of: ({ due }) => due },
  {
    name: 'fourstar_timers_oldest_due_age_seconds',
    help: 'How long the oldest deadline that nobody has settled has been due',
    of: ({ oldestDueAgeSeconds }) => oldestDueAgeSeconds,
  },
  {
    name: 'fourstar_timers_held',
    help: 'Deadlines that are due and held by a person',
    of: ({ held }) => held,
  },
  {
    name: 'fourstar_timers_heartbeat_age_seconds',
    help: 'Age of the last heartbeat of any timer worker; absent when none has ever run',
    of: ({ heartbeatAgeSeconds }) => heartbeatAgeSeconds,
  },
  {
    name: 'fourstar_contracts_overdue',
    help: 'Contracts whose term is over and that neither renewed nor expired; must be 0',
    of: ({ overdue }) => overdue,
  },
];

/**
 * Adds to /metrics how the timers stand, by the business clock's `now` or else by the database's. What cannot be known
 * while the database is away is left out, so that it does not pass for a good figure, and the others are told all the same.
 */
export function measureTimers(
  registry: Registry,
  dataSource: DataSource,
  now: () => Instant | undefined,
): void {
  // The gauges are collected at the same time, and read once for all of them.
  let reading: Promise<Figures | undefined> | undefined;
  const read = () =>
    (reading ??= figuresOf(dataSource, now())
      .catch(() => undefined)
      .finally(() => (reading = undefined)));
  for (const { name, help, of } of gauges) {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const figures = await read();
        const value = figures && of(figures);
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  }
}

async function figuresOf(dataSource: DataSource, now: Instant | undefined): Promise<Figures> {
  return { ...(await timerStatus(dataSource, now)), overdue: await overdueContracts(dataSource, now) };
}
