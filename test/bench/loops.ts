import { setTimeout as pause } from 'node:timers/promises';
import type { Run } from './figure.js';
import type { Rounds } from './forms.js';

/** One caller's endless sequence of operations: each call carries out the next, and answers with the ids of its events. */
export type Lane = () => Promise<readonly string[]>;

/** Every lane begins its next operation as soon as it has been answered, for `durationMs`; then each finishes its last one. */
export async function closedLoop(lanes: readonly Lane[], durationMs: number): Promise<Run> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const work = async (next: Lane) => {
    for (let sentAt = performance.now(); sentAt < startedAt + durationMs; sentAt = performance.now()) {
      await next();
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(lanes.map(work));
  return { count: latenciesMs.length, elapsedMs: performance.now() - startedAt, latenciesMs };
}

/** Warms both up and measures them in turn, so that what else the machine does meets both. */
export async function alternately<S extends string>(
  sides: Readonly<Record<S, readonly Lane[]>>,
  { warmUpMs, roundMs, rounds }: Rounds,
  tell: (side: S, run: Run) => void,
): Promise<Record<S, readonly Run[]>> {
  // `Object.keys` forgets that there are no others.
  const names = Object.keys(sides) as S[];
  const runs = Object.fromEntries(names.map((name) => [name, [] as Run[]])) as Record<S, Run[]>;
  for (const name of names) await closedLoop(sides[name], warmUpMs);
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const run = await closedLoop(sides[name], roundMs);
      runs[name].push(run);
      tell(name, run);
    }
  }
  return runs;
}

/**
 * Sends at instants that are fixed beforehand, whatever becomes of the answers, so that a stall delays nobody's clock.
 * `send` is told the intended instant, by `performance.now()`. After the first failure nothing more is sent; it is thrown
 * once everything has been answered.
 */
export async function openLoop(
  perSecond: number,
  durationMs: number,
  send: (index: number, intendedAt: number) => Promise<void>,
): Promise<void> {
  const total = Math.round((perSecond * durationMs) / 1_000);
  const startedAt = performance.now();
  const sent: Promise<void>[] = [];
  const failing = new AbortController();
  for (let index = 0; index < total && !failing.signal.aborted; index++) {
    const intendedAt = startedAt + (index * 1_000) / perSecond;
    if (intendedAt > performance.now()) await pause(intendedAt - performance.now());
    sent.push(send(index, intendedAt).catch((error: unknown) => failing.abort(error)));
  }
  await Promise.all(sent);
  failing.signal.throwIfAborted();
}
