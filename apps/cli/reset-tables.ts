import type { Command } from 'commander';
import { migrations, projections } from '#contexts/tables';
import { openViews } from '#projection/open-views';
import { resetTables } from '#projection/reset-tables';
import { atStores } from './connection.js';

/** `reset-tables`: after the log has moved to another server or an older one was restored. */
export function addResetTables(program: Command): void {
  program
    .command('reset-tables')
    .description('Drops every table, so that the projections build them from the log at their next start')
    .option('--yes', 'means it')
    .action(({ yes }: { yes?: true }) => {
      if (!yes)
        throw new Error('This drops the schema views with every table in it. Say --yes if that is meant.');
      return atStores(async ({ databaseUrl }, opened) => {
        const opening = openViews(databaseUrl, projections, migrations);
        await resetTables(await opened.keep(opening, (dataSource) => dataSource.destroy()));
        console.log('The tables are gone. The projections build them from the log when they start.');
      });
    });
}
