import 'reflect-metadata';
import { eventTables } from '#contexts/events';
import { projections } from '#contexts/tables';
import { openEngine } from '#event-store/engine';
import { EngineModule } from '#event-store/engine-module';
import { engineSettings } from '#event-store/engine-settings';
import { openViews } from '#projection/open-views';
import { databaseSettings } from '#projection/settings';
import { main } from '#web/main';
import { serve } from '#web/serve';
import { readSettings, webSettings } from '#web/settings';
import { ProjectionsModule } from './projections.module.js';

await main(async () => {
  const settings = readSettings(
    webSettings.safeExtend({ ...engineSettings, ...databaseSettings }),
    process.env,
  );
  const { EVENTSTORE_URL: eventStoreUrl, SIMULATED_FROM: simulatedFrom } = settings;
  const engine = await openEngine({ eventStoreUrl, events: eventTables, simulatedFrom });
  const dataSource = await openViews(settings.DATABASE_URL, projections);
  const served = await serve([EngineModule.of(engine), ProjectionsModule.of(dataSource)], {
    settings,
    api: { title: 'Fourstar projections', version: '1' },
    tell: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`Projections at ${served.url}\n`);
  await served.closed;
  await dataSource.destroy();
  await engine.close();
});
