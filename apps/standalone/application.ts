import { eventTables } from '#contexts/events';
import { projections } from '#contexts/tables';
import { startStores } from '#embedded/stores';
import { openEngine } from '#event-store/engine';
import { EngineModule } from '#event-store/engine-module';
import { openViews } from '#projection/open-views';
import { TimerWork1795392000001 } from '#timers/migrations/timer-work';
import { jsonLogger } from '#web/log';
import { serve, type Served } from '#web/serve';
import { CommandsModule } from '../commands/commands.module.js';
import { ProjectionsModule } from '../projections/projections.module.js';
import { QueriesModule } from '../queries/queries.module.js';
import { TimersModule } from '../timers/timers.module.js';
import type { standaloneSettings } from './settings.js';

export interface Application extends Served {
  readonly eventStoreUrl: string;
  readonly databaseUrl: string;
  /** Resolves when the server has been closed and everything below it too. */
  readonly ended: Promise<void>;
}

/** All four applications in one process, on the embedded stores unless others are given by URL. */
export async function startApplication(
  settings: ReturnType<typeof standaloneSettings>,
  tell: (line: string) => void,
): Promise<Application> {
  const logger = jsonLogger(settings.LOG_LEVEL);
  const stores = await startStores({
    dataDir: settings.dataDir,
    ephemeral: settings.ephemeral,
    eventStoreUrl: settings.EVENTSTORE_URL,
    databaseUrl: settings.DATABASE_URL,
    log: (store, line) => logger.debug({ store }, line),
  });
  const undo: (() => Promise<unknown>)[] = [() => stores.stop()];
  const stop = async () => {
    for (const close of undo.toReversed()) await close();
  };
  try {
    const { eventStoreUrl, databaseUrl } = stores;
    const engine = await openEngine({
      eventStoreUrl,
      events: eventTables,
      simulatedFrom: settings.SIMULATED_FROM,
    });
    undo.push(() => engine.close());
    const dataSource = await openViews(databaseUrl, projections, [TimerWork1795392000001]);
    undo.push(() => dataSource.destroy());
    const modules = [
      EngineModule.of(engine),
      CommandsModule.of(engine),
      QueriesModule.of(dataSource),
      ProjectionsModule.of(dataSource),
      TimersModule.of(engine, dataSource),
    ];
    const served = await serve(modules, { settings, api: { title: 'Fourstar', version: '1' }, tell, logger });
    return { ...served, eventStoreUrl, databaseUrl, ended: served.closed.then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}
