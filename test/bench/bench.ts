import { measureCommands } from './command-rate.js';
import { Counts } from './counts.js';
import { measureEngine } from './engine-rate.js';
import type { Figure, FigureId } from './figure.js';
import type { Form } from './forms.js';
import { watchLoad, type ForeignLoad } from './load.js';
import { describeMachine, type Machine } from './machine.js';
import type { Measure } from './measuring.js';
import { measureMidnight } from './midnight.js';
import { measureLag } from './projection-lag.js';
import { measureRebuild } from './rebuild-rate.js';
import { Stage } from './stage.js';

const SEED = 20_260_105;

const measures: Readonly<Record<FigureId, Measure>> = {
  a: measureCommands,
  b: measureRebuild,
  c: measureEngine,
  d: measureLag,
  e: measureMidnight,
};

/** Everything that a run has found. */
export interface Report {
  readonly startedAt: string;
  readonly seconds: number;
  readonly form: Form;
  readonly seed: number;
  readonly machine: Machine;
  /** While each figure was measured. */
  readonly load: Readonly<Partial<Record<FigureId, ForeignLoad>>>;
  readonly counts: Counts['checked'];
  readonly figures: readonly Figure[];
}

/** The stages that are open, so that an interrupted run leaves nothing behind. */
const stages = new Set<Stage>();
export const closeStages = async (): Promise<void> => {
  for (const stage of stages) await stage.close();
};

/**
 * Measures the figures one after the other, each with processes of its own.
 * @throws Incomplete when anything that was sent is missing or there twice
 */
export async function runBench(
  form: Form,
  only: readonly FigureId[],
  tell: (line: string) => void,
): Promise<Report> {
  const startedAt = new Date().toISOString();
  const begun = performance.now();
  const counts = new Counts();
  const figures: Figure[] = [];
  const load: Partial<Record<FigureId, ForeignLoad>> = {};
  for (const id of only) {
    const endLoad = watchLoad();
    const stage = async () => {
      const opened = await Stage.open();
      stages.add(opened);
      return opened;
    };
    try {
      const say = (line: string) => tell(`${id}  ${line}`);
      figures.push(...(await measures[id]({ id, form, stage, counts, seed: SEED, tell: say })));
    } finally {
      await closeStages();
      stages.clear();
    }
    load[id] = endLoad();
  }
  const seconds = (performance.now() - begun) / 1_000;
  return {
    startedAt,
    seconds,
    form,
    seed: SEED,
    machine: describeMachine(),
    load,
    counts: counts.checked,
    figures,
  };
}
