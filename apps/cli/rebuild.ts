import type { Command } from 'commander';
import { z } from 'zod';
import { projections } from '#contexts/tables';
import { reasonCode } from '#kernel/text';
import { projectionCare } from '#projection/care';
import { dropKept, listTables } from '#projection/rebuild/list';
import { connected, operatorCause, withTables, type Connection } from './connection.js';

const names = projections.map(({ name }) => name);

const decisions = [
  ['start', 'RebuildProjection', 'Builds the table again beside the live one, and puts it in its place'],
  ['cancel', 'CancelRebuild', 'Gives up the rebuild that was asked for last'],
  ['roll-back', 'RollBackRebuild', 'Makes the table live again that was live before the last rebuild'],
] as const;

/** `rebuild`: builds tables again while the live ones serve on. */
export function addRebuild(program: Command): void {
  const rebuild = program.command('rebuild').description('Builds tables again while the live ones serve on');
  for (const [verb, type, does] of decisions) {
    rebuild
      .command(`${verb} <projection>`)
      .description(does)
      .requiredOption('--reason <code>', 'why, as a code such as damaged-rows')
      .action((projection: string, { reason }: { reason: string }) => decide(projection, type, reason));
  }
  rebuild
    .command('status [projection]')
    .description('Which tables are live, being built and kept')
    .action((projection?: string) =>
      withTables((connection) => status(connection, projection && known(projection))),
    );
  rebuild
    .command('drop-kept <projection>')
    .description('Drops the table that is kept for a roll-back')
    .action((projection: string) => withTables((connection) => drop(connection, known(projection))));
}

function known(projection: string): string {
  if (names.includes(projection)) return projection;
  throw new Error(`there is no projection ${projection}: ${names.join(', ')}`);
}

function decide(projection: string, type: (typeof decisions)[number][1], reason: string): Promise<void> {
  const id = known(projection);
  const cause = operatorCause(z.parse(reasonCode, reason));
  return connected(async ({ engine }) => {
    const command = { type, data: {} };
    const { events } = await engine.executor.execute({ decider: projectionCare, id, command, cause });
    console.log(
      events.length === 0 ? `${id}: nothing to do` : `${id}: asked; a running projector acts on it`,
    );
  });
}

async function status({ dataSource }: Connection, only: string | undefined): Promise<void> {
  for (const { name, place, version, phase, position, ofPosition } of await listTables(dataSource)) {
    if (only !== undefined && name !== only) continue;
    const at = position === null ? 'not begun' : `at ${position} of ${ofPosition ?? 'none'}`;
    console.log(`${name.padEnd(20)} ${place.padEnd(5)} version ${version} ${phase ?? ''} ${at}`);
  }
}

async function drop({ dataSource }: Connection, projection: string): Promise<void> {
  const dropped = await dropKept(dataSource, projection);
  console.log(`${projection}: ${dropped ? 'the kept table is dropped' : 'no table is kept'}`);
}
