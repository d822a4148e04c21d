import { eventTables } from '#contexts/events';
import { migrations, projections } from '#contexts/tables';
import { startStores } from '#embedded/stores';
import { EngineModule } from '#event-store/engine-module';
import { TablesModule } from '#projection/tables-module';
import { jsonLogger } from '#web/log';
import { startApp, type App } from '#web/start-app';
import { CommandsModule } from '../commands/commands.module.js';
import { ProjectionsModule } from '../projections/projections.module.js';
import { ReconciliationModule } from '../projections/reconciliation.js';
import { QueriesModule } from '../queries/queries.module.js';
import { TimersModule } from '../timers/timers.module.js';
import type { standaloneSettings } from './settings.js';

/** All four applications in one process, on the embedded stores unless others are given by URL. */
export function startApplication(
  settings: ReturnType<typeof standaloneSettings>,
  tell: (line: string) => void,
): Promise<App> {
  const {
    dataDir,
    ephemeral,
    LOG_LEVEL,
    EVENTSTORE_URL: eventStoreUrl,
    DATABASE_URL: databaseUrl,
    EMBEDDED_SECURE: secureEventStore,
  } = settings;
  const logger = jsonLogger(LOG_LEVEL);
  const log = (store: string, line: string) => logger.debug({ store }, line);
  const serving = { settings, api: { title: 'Fourstar', version: '1' }, tell, logger };
  return startApp(serving, async (opened) => {
    const starting = startStores({
      dataDir,
      ephemeral,
      secureEventStore,
      eventStoreUrl,
      databaseUrl,
      log,
    });
    const stores = await opened.keep(starting, (stores) => stores.stop());
    const found = { ...settings, EVENTSTORE_URL: stores.eventStoreUrl, DATABASE_URL: stores.databaseUrl };
    return [
      await EngineModule.open(found, eventTables, opened),
      await TablesModule.open(found, projections, migrations, opened),
      CommandsModule,
      QueriesModule,
      ProjectionsModule,
      ReconciliationModule.of(settings),
      TimersModule.of(settings),
    ];
  });
}
