import type { Command } from 'commander';
import { projections } from '#contexts/tables';
import { positionsOf } from '#projection/wait';
import { withTables } from './connection.js';

/** `status`: how far the tables are behind the log. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('How far each table has come in the log')
    .action(() =>
      withTables(async ({ engine, dataSource }) => {
        const head = await engine.store.head();
        console.log(`log ${engine.logId}, last event at ${head ?? 'none'}`);
        const names = projections.map(({ name }) => name);
        for (const [name, position] of await positionsOf(dataSource, names)) {
          console.log(`${name.padEnd(20)} ${position ?? 'not begun'}`);
        }
      }),
    );
}
