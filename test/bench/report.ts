import type { Report } from './bench.js';
import type { Figure, Side } from './figure.js';

/** The report as people read it: each figure with its baselines below it. */
export function asText({ form, seed, seconds, machine, load, counts, figures }: Report): string {
  const { cpus, cpu, memoryGiB, kernel, versions, commit } = machine;
  const loads = Object.entries(load).map(
    ([id, { foreignCores, loadAverage }]) =>
      `${id} ${foreignCores.toFixed(2)} of ${cpus} cores (load average ${loadAverage.toFixed(2)})`,
  );
  return [
    ...figures.flatMap(lines),
    '',
    `form ${form.name}, seed ${seed}, ${Math.round(seconds)} s; ${counts.length} counts complete`,
    `${cpus} x ${cpu}, ${memoryGiB} GiB, ${kernel}, commit ${commit}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `used by others meanwhile: ${loads.join('; ')}`,
    '',
  ].join('\n');
}

function lines({ id, what, unit, subject, baselines, ratio, aim, note }: Figure): string[] {
  const verdict = aim ? `   aim ${aimText(aim, unit)}: ${aim.met ? 'met' : 'missed'}` : '';
  const [first, ...others] = baselines;
  return [
    '',
    `${id}. ${what}${verdict}`,
    side(subject, unit),
    `${side(first, unit)}   ${ratioText(ratio)}`,
    ...others.map((other) => `${side(other, unit)}   ${ratioText(subject.value / other.value)}`),
    ...(note ? [`   (${note})`] : []),
  ];
}

const ratioText = (ratio: number): string => `ratio ${Number.isFinite(ratio) ? ratio.toFixed(2) : '-'}`;

function aimText({ of, atLeast, atMost }: NonNullable<Figure['aim']>, unit: string): string {
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast.toLocaleString('en')}`;
  return of === 'ratio' ? `ratio ${bound}` : `${bound} ${unit}`;
}

function side({ what, value, p50Ms, p99Ms }: Side, unit: Figure['unit']): string {
  const shown = unit === 'ms' ? value.toFixed(1) : Math.round(value).toLocaleString('en');
  const latency = p99Ms === undefined ? '' : `   p50 ${p50Ms?.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`;
  return `   ${shown.padStart(9)} ${unit.padEnd(3)} ${what}${latency}`;
}
