import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { main } from '#web/main';
import { closeStages, runBench } from './bench.js';
import { figureIds, type FigureId } from './figure.js';
import { full, short } from './forms.js';
import { asText } from './report.js';

const isFigure = (id: string): id is FigureId => figureIds.some((known) => known === id);

function figuresOf(list: string): FigureId[] {
  const ids = list.split(',').map((id) => id.trim());
  if (!ids.every(isFigure)) throw new InvalidArgumentError(`The figures are ${figureIds.join(', ')}.`);
  return ids;
}

const tell = (line: string) => void process.stderr.write(`${line}\n`);

const program = new Command('bench')
  .description('Measures the engine against what it is built on, on data that it makes')
  .option('--short', 'a short form, of about two minutes')
  .option('--only <figures>', 'some of the figures, such as a,c', figuresOf, [...figureIds])
  .option('--json <file>', 'writes everything that was found there')
  .action(async (options: { short?: true; only: FigureId[]; json?: string }) => {
    const report = await runBench(options.short ? short : full, options.only, tell);
    if (options.json) writeFileSync(options.json, JSON.stringify(report, undefined, 2));
    process.stdout.write(asText(report));
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void closeStages().finally(() => process.exit(1)));
}
await main(async () => void (await program.parseAsync()));
