import { test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { dataFolder } from '../support/data-folder.js';
import { Journal } from '../support/journal.js';
import { Random } from '../support/random.js';
import { faultNames, type FaultName } from './faults.js';
import { playRound, type Course } from './round.js';
import { started, System } from './system.js';

/** `npm run chaos` says how much; without it this is the short form: one round with a dozen faults. */
const { CHAOS_ROUNDS: rounds, CHAOS_SEED: givenSeed, CHAOS_ONLY: only } = process.env;
/** A log grows with every round, and so do the verdicts on it: after so many rounds everything starts anew. */
const ROUNDS_PER_LOG = 10;

/** The suite's own: what chance finds is for the long form, and the course of events differs every time all the same. */
const SUITE_SEED = 20261123;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** All that happens on one log. What failed is kept for inspection; what went well is removed. */
async function playLog(seed: number, plan: readonly (readonly FaultName[])[]): Promise<void> {
  const folder = dataFolder();
  const random = new Random(seed);
  const course: Course = { journal: new Journal(), clockAt: started };
  const system = await System.start(folder.path);
  try {
    for (const [round, names] of plan.entries()) {
      const begunAt = performance.now();
      say(`seed ${seed} round ${round + 1}: ${names.join(', ')} …`);
      const figures = await playRound(system, course, names, random);
      say(`  ${figures}, ${((performance.now() - begunAt) / 1_000).toFixed(1)} s, ok`);
    }
  } catch (error) {
    say(`  FAILED. Logs and data are kept in ${folder.path}; once more:`);
    say(
      rounds === undefined
        ? `  CHAOS_SEED=${seed} npm test -- test/chaos`
        : `  npm run chaos -- --seed ${seed} --rounds ${plan.length}${only ? ` --only ${only}` : ''}`,
    );
    await system.stop();
    throw error;
  }
  await system.stop();
  await folder.remove();
}

/** One fault or two at a time, drawn from the seed. */
function drawn(seed: number, count: number): FaultName[][] {
  const random = new Random(seed);
  const from = faultNames.filter((name) => !only || only.split(',').includes(name));
  return Array.from({ length: count }, () => {
    const first = random.pick(from);
    return random.chance(0.3) ? [first, random.pick(from)] : [first];
  });
}

/** Each process once, and each way in which a network fails; those that last go first, and the others happen meanwhile. */
const shortForm: readonly FaultName[] = [
  ...(['rebuild-tables', 'freeze-projector', 'silent-node', 'silent-postgres'] as const),
  ...(['kill-commands', 'kill-projector', 'kill-timers', 'kill-node', 'kill-postgres'] as const),
  ...(['end-connections', 'reset-node', 'cut-postgres'] as const),
];

test(
  'whatever fails under load, every acknowledged command is there once, tables are true, and all come back',
  async () => {
    const seed = Number(givenSeed ?? (rounds === undefined ? SUITE_SEED : randomInt(1_000_000)));
    if (rounds === undefined) return playLog(seed, [shortForm]);
    let left = Number(rounds);
    for (let log = 0; left > 0; log++, left -= ROUNDS_PER_LOG)
      await playLog(seed + log, drawn(seed + log, Math.min(left, ROUNDS_PER_LOG)));
    say(`${rounds} rounds, none failed`);
  },
  24 * 3_600_000,
);
