import 'reflect-metadata';
import { eventTables } from '#contexts/events';
import { EngineModule } from '#event-store/engine-module';
import { engineSettings } from '#event-store/engine-settings';
import { webSettings } from '#web/settings';
import { runApp } from '#web/start-app';
import { CommandsModule } from './commands.module.js';

await runApp('Commands', webSettings.safeExtend(engineSettings), async (settings, opened) => [
  await EngineModule.open(settings, eventTables, opened),
  CommandsModule,
]);
