import { expect } from '@jest/globals';
import type { Journal } from '../support/journal.js';
import { insistOnClock, Load } from '../support/load.js';
import type { Random } from '../support/random.js';
import { expectNothingLost } from '../support/verdict.js';
import { faults, type FaultName } from './faults.js';
import type { System } from './system.js';

/** Where the business clock stands between rounds, and what all rounds on one log have been told so far. */
export interface Course {
  readonly journal: Journal;
  clockAt: string;
}

const CLIENTS = 4;
/** Each contract that is left alone is renewed at least once. */
const ROUND_DAYS = 370;

/** Lets the faults happen one after the other under load while the clock moves, waits until all is well, and judges. Answers with the figures. */
export async function playRound(
  system: System,
  course: Course,
  names: readonly FaultName[],
  random: Random,
): Promise<string> {
  const { journal } = course;
  const before = { sent: journal.all.length, repeats: journal.repeats };
  const target = () => random.pick(system.of('commands')).target;
  const timers = () => random.pick(system.of('timers')).target;
  const load = new Load({ clients: CLIENTS, random, target, clockAt: course.clockAt, journal });
  course.clockAt = new Date(Date.parse(course.clockAt) + ROUND_DAYS * 86_400_000).toISOString();
  const clock = load.moveClock(timers, course.clockAt);
  clock.catch(() => undefined);
  const happening: Promise<void>[] = [];
  for (const name of names) {
    await load.goesOn(random.whole(5, 25));
    const fault = faults[name](system, random);
    // What it failed by is told once all have been begun.
    fault.catch(() => undefined);
    happening.push(fault);
  }
  await Promise.all(happening);
  await load.goesOn(20);
  await clock;
  await load.stop();
  await system.ready();
  await insistOnClock(timers, course.clockAt);
  const renewals = await expectNothingLost(system.witness, journal, course.clockAt);
  expect(system.outputs.unexplained()).toEqual([]);
  const sent = journal.all.slice(before.sent);
  const count = (is: string) => sent.filter(({ answer }) => answer?.is === is).length;
  const unknown = sent.filter((each) => each.unknown > 0).length;
  const repeats = journal.repeats - before.repeats;
  return `${count('acknowledged')} acknowledged, ${count('refused')} refused, ${unknown} at first unknown, ${repeats} repeated, ${renewals} renewals so far`;
}
