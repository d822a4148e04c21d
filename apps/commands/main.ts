import 'reflect-metadata';
import { eventTables } from '#contexts/events';
import { openEngine } from '#event-store/engine';
import { EngineModule } from '#event-store/engine-module';
import { engineSettings } from '#event-store/engine-settings';
import { main } from '#web/main';
import { serve } from '#web/serve';
import { readSettings, webSettings } from '#web/settings';
import { CommandsModule } from './commands.module.js';

await main(async () => {
  const settings = readSettings(webSettings.safeExtend(engineSettings), process.env);
  const { EVENTSTORE_URL: eventStoreUrl, SIMULATED_FROM: simulatedFrom } = settings;
  const engine = await openEngine({ eventStoreUrl, events: eventTables, simulatedFrom });
  const served = await serve([EngineModule.of(engine), CommandsModule.of(engine)], {
    settings,
    api: { title: 'Fourstar commands', version: '1' },
    tell: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`Commands at ${served.url}, documented at ${served.url}/docs\n`);
  await served.closed;
  await engine.close();
});
