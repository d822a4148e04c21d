import 'reflect-metadata';
import { projections } from '#contexts/tables';
import { openViews } from '#projection/open-views';
import { databaseSettings } from '#projection/settings';
import { main } from '#web/main';
import { serve } from '#web/serve';
import { readSettings, webSettings } from '#web/settings';
import { QueriesModule } from './queries.module.js';

await main(async () => {
  const settings = readSettings(webSettings.safeExtend(databaseSettings), process.env);
  const dataSource = await openViews(settings.DATABASE_URL, projections);
  const served = await serve([QueriesModule.of(dataSource)], {
    settings,
    api: { title: 'Fourstar queries', version: '1' },
    tell: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`Queries at ${served.url}\n`);
  await served.closed;
  await dataSource.destroy();
});
