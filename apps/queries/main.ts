import 'reflect-metadata';
import { migrations, projections } from '#contexts/tables';
import { databaseSettings } from '#projection/settings';
import { TablesModule } from '#projection/tables-module';
import { webSettings } from '#web/settings';
import { runApp } from '#web/start-app';
import { QueriesModule } from './queries.module.js';

await runApp('Queries', webSettings.safeExtend(databaseSettings), async (settings, opened) => [
  await TablesModule.open(settings, projections, migrations, opened),
  QueriesModule,
]);
