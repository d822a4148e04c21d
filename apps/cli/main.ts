import 'reflect-metadata';
import { Command } from 'commander';
import { main } from '#web/main';
import { addReconcile } from './reconcile.js';
import { addParked } from './parked.js';
import { addStatus } from './status.js';

const program = new Command('fourstar')
  .description("The operator's and auditor's command line")
  .showHelpAfterError();
addStatus(program);
addReconcile(program);
addParked(program);

await main(async () => void (await program.parseAsync()));
