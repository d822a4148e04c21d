import 'reflect-metadata';
import { eventTables } from '#contexts/events';
import { migrations, projections } from '#contexts/tables';
import { EngineModule } from '#event-store/engine-module';
import { engineSettings } from '#event-store/engine-settings';
import { databaseSettings } from '#projection/settings';
import { TablesModule } from '#projection/tables-module';
import { webSettings } from '#web/settings';
import { runApp } from '#web/start-app';
import { ProjectionsModule } from './projections.module.js';
import { ReconciliationModule } from './reconciliation.js';
import { projectionSettings } from './settings.js';

const shape = webSettings.safeExtend({ ...engineSettings, ...databaseSettings, ...projectionSettings });

await runApp('Projections', shape, async (settings, opened) => [
  await EngineModule.open(settings, eventTables, opened),
  await TablesModule.open(settings, projections, migrations, opened),
  ProjectionsModule,
  ReconciliationModule.of(settings),
]);
