import 'reflect-metadata';
import { Command } from 'commander';
import { main } from '#web/main';
import { addReconcile } from './reconcile.js';
import { addParked } from './parked.js';
import { addBackup } from './backup.js';
import { addDrill } from './drill.js';
import { addMigrate } from './migrate.js';
import { addResetTables } from './reset-tables.js';
import { addRestore } from './restore.js';
import { addRebuild } from './rebuild.js';
import { addStatus } from './status.js';

const program = new Command('fourstar')
  .description("The operator's and auditor's command line")
  .showHelpAfterError();
addStatus(program);
addReconcile(program);
addParked(program);
addBackup(program);
addRestore(program);
addMigrate(program);
addDrill(program);
addResetTables(program);
addRebuild(program);

await main(async () => void (await program.parseAsync()));
