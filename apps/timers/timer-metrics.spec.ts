import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { Registry } from 'prom-client';
import { eventTables } from '#contexts/events';
import { migrations, projections } from '#contexts/tables';
import { catalogueOf } from '#event-store/decode';
import { logEvents } from '#event-store/log-events';
import { instantOfEpochMs } from '#kernel/time';
import { openViews } from '#projection/open-views';
import { createViews } from '#projection/views';
import { MemoryLog } from '../../test/support/memory-log.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { logId, reached, run, stopAll } from '../../test/support/projecting.js';
import { measureTimers } from './timer-metrics.js';

describe('the figures of the timers', () => {
  it('are told by the tables, and left out while there are none or nothing is known', async () => {
    const { url, drop } = await freshDatabase();
    const dataSource = await openViews(url, projections, migrations);
    const registry = new Registry();
    measureTimers(registry, dataSource, () => instantOfEpochMs(Date.UTC(2026, 5, 1)));
    const samples = async () =>
      (await registry.metrics())
        .split('\n')
        .filter((line) => /^fourstar/.test(line))
        .sort();
    try {
      expect(await samples()).toEqual([]);
      await createViews(dataSource, pino({ level: 'silent' }));
      const log = new MemoryLog();
      const clockAt = '2025-01-01T00:00:00.000Z';
      log.append('log', 'main', 'LogStarted', { logId, simulated: true, clockAt });
      const catalogue = catalogueOf([logEvents, ...eventTables]);
      await reached(run(dataSource, log, { projections, catalogue }), log.head);
      expect(await samples()).toEqual([
        'fourstar_contracts_overdue 0',
        'fourstar_timers_due 0',
        'fourstar_timers_held 0',
        'fourstar_timers_oldest_due_age_seconds 0',
        'fourstar_timers_parked 0',
      ]);
    } finally {
      await stopAll();
      await dataSource.destroy();
      await drop();
    }
  });
});
