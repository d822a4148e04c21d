import { spawnSync } from 'node:child_process';
import { Command } from 'commander';

/** The long form: `npm run chaos -- --rounds 200`. */
const program = new Command('chaos')
  .description(
    'Lets the separate applications and their stores fail at random under load, and judges after every round.',
  )
  .option('--rounds <n>', 'how many rounds', '20')
  .option('--seed <n>', 'what everything random is drawn from; printed by a run that drew its own')
  .option('--only <faults>', 'names of faults, with commas between them')
  .parse();
const { rounds, seed, only } = program.opts();
const env = { ...process.env, CHAOS_ROUNDS: rounds };
if (seed !== undefined) env.CHAOS_SEED = seed;
if (only !== undefined) env.CHAOS_ONLY = only;

const jest = [
  'node_modules/jest/bin/jest.js',
  '-c',
  'test/jest.config.json',
  '--runInBand',
  'test/chaos/chaos.spec.ts',
];
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const { status } = spawnSync(process.execPath, [...flags, ...jest], { stdio: 'inherit', env });
process.exit(status ?? 1);
