import { eventTables } from '#contexts/events';
import { openEngine } from '#event-store/engine';
import { systemCause } from '#event-store/log';
import type { NewEvent } from '#event-store/store';
import { instantOf } from '#kernel/time';
import { executedOn, on, playContract } from '../support/contract.js';
import { ready } from '../support/apps.js';
import { Random } from '../support/random.js';
import { BareClient } from './bare-client.js';
import { appendLane, asNew } from './commands.js';
import { figure, rateOf, type Figure, type Run } from './figure.js';
import { fillLog } from './fill-log.js';
import { Life, type Stream } from './histories.js';
import { closedLoop } from './loops.js';
import { perSecond, type Measuring } from './measuring.js';
import { becomes, countIn } from './projecting.js';
import type { Stage } from './stage.js';

/** Their first term ends with 15 March in Shanghai. */
const eve = on('2026-03-15');
const midnight = instantOf('2026-03-15T16:00:00Z');
const effectiveOn = '2025-03-15';
const LANES = 32;

/** e. Many contracts whose term ends at one midnight: renewals to the last one, against bare appends of the same event. */
export async function measureMidnight(measuring: Measuring): Promise<Figure[]> {
  const { id, form, stage, tell } = measuring;
  const { contracts, appends } = form.midnight;
  const system = await stage();
  const bare = await system.keep(Promise.resolve(new BareClient(system.eventStoreUrl)), (it) => it.close());
  const { renewals, event } = await renewAll(measuring, system, bare);
  const lanes = Array.from({ length: LANES }, () => appendLane(bare, [[event]]));
  await closedLoop(lanes, appends.warmUpMs);
  const runs: Run[] = [];
  for (let round = 0; round < appends.rounds; round++) {
    runs.push(await closedLoop(lanes, appends.roundMs));
    tell(`bare appends: ${perSecond(rateOf('', runs.slice(-1)).value)}`);
  }
  return [
    figure({
      id,
      what: `renewals of ${contracts.toLocaleString('en')} contracts due at one midnight`,
      unit: '/s',
      subject: rateOf('from due to the last one stored', [renewals]),
      baselines: [rateOf(`bare appends of the same event, ${LANES} in flight`, runs)],
      aim: { of: 'ratio', atLeast: 0.5 },
      note: 'each renewal also reads its stream from the log, is claimed and settled in Postgres, while the projections run on the same machine',
    }),
  ];
}

async function renewAll(
  { form, seed, counts, tell }: Measuring,
  system: Stage,
  bare: BareClient,
): Promise<{ renewals: Run; event: NewEvent }> {
  const { contracts } = form.midnight;
  const { eventStoreUrl } = system;
  const engine = await system.keep(
    openEngine({ eventStoreUrl, events: eventTables, simulatedFrom: eve }),
    (it) => it.close(),
  );
  const events =
    1 + (await fillLog(bare, dueContracts(contracts, seed), (made) => tell(`making events: ${made}`)));
  const databaseUrl = await system.database();
  const env = { DATABASE_URL: databaseUrl, SIMULATED_FROM: eve };
  const projections = await system.app('projections', env);
  await becomes(
    events,
    () => countIn(databaseUrl, 'SELECT count(*) FROM views.audit_index'),
    (rows) => tell(`projected: ${rows} of ${events}`),
  );
  const timers = await system.app('timers', env);
  await ready(timers);
  await engine.moveClock(midnight, systemCause('system:bench'));
  await becomes(
    contracts,
    () => countIn(databaseUrl, 'SELECT count(*) FROM views.contract_terms WHERE term_no = 2'),
    (rows) => tell(`renewed: ${rows} of ${contracts}`),
  );
  await timers.stop();
  await projections.stop();
  const renewals = await readRenewals(bare);
  counts.expect('e: renewals in the log', contracts, renewals.run.count);
  counts.expect('e: contracts that renewed', contracts, renewals.streams.size);
  const rows = `SELECT count(*) FROM views.contracts WHERE status = 'effective' AND term_no = 2`;
  counts.expect('e: contracts in their second term', contracts, await countIn(databaseUrl, rows));
  return { renewals: renewals.run, event: renewals.event };
}

/** Contracts whose renewal has been locked, and that wait for nothing but the end of their first term. */
function* dueContracts(contracts: number, seed: number): Iterable<Stream> {
  const play = playContract();
  const life = new Life(play.settle(play.given(...executedOn(effectiveOn)), eve).events);
  const random = new Random(seed);
  for (let i = 0; i < contracts; i++) yield life.of(random);
}

/** By the server's own stamps: from the clock's arrival at midnight to the last renewal. */
async function readRenewals(bare: BareClient) {
  const streams = new Set<string>();
  let count = 0;
  let dueAt = NaN;
  let lastAt = NaN;
  let renewed: NewEvent | undefined;
  await bare.readAll((event) => {
    if (event.type === 'ClockAdvanced') dueAt = event.created.getTime();
    if (event.type !== 'ContractRenewed') return;
    count++;
    streams.add(event.streamId);
    lastAt = event.created.getTime();
    renewed = asNew(event);
  });
  if (!renewed) throw new Error('no contract has renewed');
  return { run: { count, elapsedMs: lastAt - dueAt }, streams, event: renewed };
}
