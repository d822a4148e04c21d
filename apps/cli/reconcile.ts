import type { Command } from 'commander';
import { projections } from '#contexts/tables';
import { reconcile } from '#projection/reconcile/reconcile';
import type { Difference, TableReport } from '#projection/reconcile/report';
import { withTables, type Connection } from './connection.js';

/** `reconcile`: whether the tables are what the log makes them. The exit code is 1 when they are not. */
export function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description('Compare tables with a fresh fold of the log, while everything runs')
    .argument('[projection...]', 'the projections to look at; all of them when none is named')
    .option('--values', 'show what differs, not only where: may show personal data')
    .action((names: string[], { values = false }: { readonly values?: boolean }) =>
      withTables(async (connection) => {
        const reports = await compare(connection, chosen(names));
        for (const report of reports) tell(report, values);
        if (reports.some(({ differences }) => differences > 0)) process.exitCode = 1;
      }),
    );
}

function chosen(names: readonly string[]): typeof projections {
  const unknown = names.filter((name) => !projections.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`there is no projection ${unknown.join(', ')}`);
  return projections.filter(({ name }) => names.length === 0 || names.includes(name));
}

function compare(
  { engine, dataSource }: Connection,
  wanted: typeof projections,
): Promise<readonly TableReport[]> {
  const { store, catalogue, source, logId } = engine;
  return reconcile({
    dataSource,
    projections: wanted,
    catalogue,
    source,
    readStream: (stream) => store.readStream(stream),
    logId,
    verify: (position, eventId) => store.holdsAt(position, eventId),
    onProgress: ({ done, events }) =>
      process.stderr.write(`\r${Math.floor(100 * done)} % of the rows compared, ${events} events folded `),
  }).finally(() => process.stderr.write('\n'));
}

function tell(report: TableReport, values: boolean): void {
  const { projection, position, rows, excused, differences, listed } = report;
  if (position === undefined) return console.log(`${projection}: not built yet`);
  const parked = excused > 0 ? `, ${excused} not compared since their events are parked or skipped` : '';
  console.log(`${projection}: ${rows} rows at ${position}, ${differences} differences${parked}`);
  for (const difference of listed) console.log(`  ${line(difference, values)}`);
  if (differences > listed.length) console.log(`  … and ${differences - listed.length} more`);
}

function line({ key, is, columns }: Difference, values: boolean): string {
  const where = columns.map(({ name, folded, found }) =>
    values ? `${name}: ${found ?? 'null'} instead of ${folded ?? 'null'}` : name,
  );
  return `${is}: ${key.join(', ')}${where.length > 0 ? ` (${where.join(', ')})` : ''}`;
}
