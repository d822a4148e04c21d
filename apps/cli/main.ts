import 'reflect-metadata';
import { Command } from 'commander';
import { main } from '#web/main';
import { addParked } from './parked.js';
import { addRebuild } from './rebuild.js';
import { addStatus } from './status.js';

const program = new Command('fourstar')
  .description("The operator's and auditor's command line")
  .showHelpAfterError();
addStatus(program);
addParked(program);
addRebuild(program);

await main(async () => void (await program.parseAsync()));
