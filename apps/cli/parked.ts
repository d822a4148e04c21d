import type { Command } from 'commander';
import { z } from 'zod';
import { projections } from '#contexts/tables';
import { reasonCode } from '#kernel/text';
import { projectionCare } from '#projection/care';
import { positionText } from '#projection/care-events';
import { parkedOf } from '#projection/parked';
import { waitForKey } from '#projection/wait';
import { connected, operatorCause, withTables, type Connection } from './connection.js';

const names = projections.map(({ name }) => name);

/** How long the command waits for the projector to act on a decision. */
const WAIT_MS = 10_000;

/** `parked`: what could not be applied to the tables, and what people decide about it. */
export function addParked(program: Command): void {
  const parked = program
    .command('parked')
    .description('What could not be applied to the tables, and what to do about it');
  parked
    .command('list')
    .description('What is parked: by projection and key, with the error of the first event')
    .action(() => withTables(list));
  parked
    .command('retry <projection> <key>')
    .description('Applies what is parked under a key once more, in its order')
    .requiredOption('--reason <code>', 'why, as a code such as fixed-by-release')
    .action((projection: string, key: string, { reason }: { reason: string }) =>
      decide(projection, { type: 'RetryParked', data: { key } }, reason),
    );
  parked
    .command('skip <projection> <key>')
    .description('Leaves what is parked under a key out of the table, up to a position, and goes on after it')
    .requiredOption('--up-to <position>', 'the position of the last event that is left out')
    .requiredOption('--reason <code>', 'why, as a code such as duplicate-import')
    .action((projection: string, key: string, { upTo, reason }: { upTo: string; reason: string }) =>
      decide(projection, { type: 'SkipParked', data: { key, upTo: z.parse(positionText, upTo) } }, reason),
    );
}

async function list({ dataSource }: Connection): Promise<void> {
  const parked = await parkedOf(dataSource, names);
  if (parked.length === 0) console.log('nothing is parked');
  for (const { projection, key, events, position, attempts, error } of parked) {
    console.log(
      `${projection} ${key}: ${events} event(s) from position ${position} on, ${attempts} attempt(s): ${error}`,
    );
  }
}

type Decision =
  | { readonly type: 'RetryParked'; readonly data: { readonly key: string } }
  | { readonly type: 'SkipParked'; readonly data: { readonly key: string; readonly upTo: string } };

/** Asks what a person has decided, and tells what came of it. */
function decide(projection: string, command: Decision, reason: string): Promise<void> {
  if (!names.includes(projection))
    throw new Error(`there is no projection ${projection}: ${names.join(', ')}`);
  const cause = operatorCause(z.parse(reasonCode, reason));
  return connected(async ({ engine, dataSource }) => {
    const answer = await engine.executor.execute({ decider: projectionCare, id: projection, command, cause });
    const { key } = command.data;
    const outcome = await waitForKey(dataSource, [projection], key, answer.position ?? 0n, {
      timeoutMs: WAIT_MS,
    });
    if (outcome === 'reached') console.log(`${projection} ${key}: nothing is parked any more`);
    else if ('parked' in outcome)
      for (const { events, error } of outcome.parked) {
        console.log(`${projection} ${key}: ${events} event(s) are still parked: ${error}`);
        process.exitCode = 1;
      }
    else console.log(`${projection} ${key}: asked; it is acted on when the projections come to it`);
  });
}
