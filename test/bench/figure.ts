/** The five things that are measured. */
export const figureIds = ['a', 'b', 'c', 'd', 'e'] as const;
export type FigureId = (typeof figureIds)[number];

/** One stretch of measured work. */
export interface Run {
  readonly count: number;
  readonly elapsedMs: number;
  readonly latenciesMs?: readonly number[];
}

/** How one side of a comparison did: the median of its rounds, and the rounds. */
export interface Side {
  readonly what: string;
  readonly value: number;
  readonly rounds: readonly number[];
  /** Of all rounds together. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

export interface Aim {
  readonly of: 'ratio' | 'value';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A measured value beside what it is measured against. */
export interface Figure {
  readonly id: FigureId;
  readonly what: string;
  readonly unit: '/s' | 'ms';
  readonly subject: Side;
  /** The ratio is formed with the first. */
  readonly baselines: readonly [Side, ...Side[]];
  readonly ratio: number;
  readonly aim?: Aim & { readonly met: boolean };
  /** What the subject does and the baseline does not, or how it was measured. */
  readonly note?: string;
}

type Compared = Omit<Figure, 'ratio' | 'aim'> & { readonly aim?: Aim };

export function figure({ aim, ...compared }: Compared): Figure {
  const ratio = compared.subject.value / compared.baselines[0].value;
  if (!aim) return { ...compared, ratio };
  const { atLeast = -Infinity, atMost = Infinity } = aim;
  const aimed = aim.of === 'ratio' ? ratio : compared.subject.value;
  return { ...compared, ratio, aim: { ...aim, met: aimed >= atLeast && aimed <= atMost } };
}

/** The rate of each run, and the latencies of all of them. */
export function rateOf(what: string, runs: readonly Run[]): Side {
  const rounds = runs.map(({ count, elapsedMs }) => (count / elapsedMs) * 1_000);
  const latencies = runs.flatMap(({ latenciesMs = [] }) => latenciesMs);
  return { what, value: median(rounds), rounds, ...(latencies.length > 0 && percentiles(latencies)) };
}

export function percentiles(latenciesMs: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = Float64Array.from(latenciesMs).sort();
  return { p50Ms: nearestRank(sorted, 0.5), p99Ms: nearestRank(sorted, 0.99) };
}

export const median = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort();
  return (nearestRank(sorted, 0.5) + (sorted[Math.floor(sorted.length / 2)] ?? NaN)) / 2;
};

/** NaN when there are no values. */
const nearestRank = (sorted: Float64Array, fraction: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? NaN;
