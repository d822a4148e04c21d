import { expect, test } from '@jest/globals';
import { runBench } from './bench.js';
import { Counts, Incomplete } from './counts.js';
import type { Form } from './forms.js';
import { asText } from './report.js';

const rounds = { warmUpMs: 0, roundMs: 50, rounds: 1 };
const smoke: Form = {
  name: 'smoke',
  appends: { ...rounds, inFlight: [2] },
  rebuild: [
    { events: 100, rounds: 1 },
    { events: 200, rounds: 1 },
  ],
  engine: { events: 200, eventsPerRow: 10, rounds: 1 },
  lag: { perSecond: [5], scheduleMs: 400, warmUpMs: 100 },
  midnight: { contracts: 3, appends: rounds },
};

const side = expect.objectContaining({
  what: expect.any(String),
  value: expect.any(Number),
  rounds: expect.any(Array),
});

test('figures are measured, compared and told, and everything that was sent is found', async () => {
  const lines: string[] = [];
  // The other two are made of the same parts, with more processes than a suite should start.
  const report = await runBench(smoke, ['a', 'b', 'c'], (line) => lines.push(line));
  const { figures, counts, machine, load } = JSON.parse(JSON.stringify(report));
  expect(figures.map(({ id }: { id: string }) => id).join('')).toBe('abbbccc');
  for (const each of figures)
    expect(each).toMatchObject({
      ratio: expect.any(Number),
      subject: side,
      baselines: expect.arrayContaining([side]),
    });
  expect(counts.length).toBeGreaterThan(10);
  for (const { expected, found } of counts) expect(found).toBe(expected);
  expect(machine).toMatchObject({ cpus: expect.any(Number), commit: expect.any(String) });
  expect(load.a).toMatchObject({ loadAverage: expect.any(Number) });
  expect(lines.length).toBeGreaterThan(0);
  expect(asText(report)).toMatch(/aim ratio at least 0.7: (met|missed)/);
}, 60_000);

test('a count that differs is an error and not a figure', () => {
  expect(() => new Counts().expect('rows', 2, 1)).toThrow(Incomplete);
});
