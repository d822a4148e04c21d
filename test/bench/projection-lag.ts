import { END } from '@eventstore/db-client';
import { BareClient } from './bare-client.js';
import { appendLane, commandLane, recordScript, Tally, type Script } from './commands.js';
import { figure, type Figure } from './figure.js';
import { HttpClient } from './http-client.js';
import { allSeen, lagOf, NotHeld, sendBySchedule, Sightings, watchRows, type Sent } from './lag.js';
import { closedLoop, type Lane } from './loops.js';
import type { Measuring } from './measuring.js';
import { becomes, countIn } from './projecting.js';
import type { Stage } from './stage.js';
import { ready } from '../support/apps.js';

/** As many requests as the command server takes at once. */
const CONNECTIONS = 256;
const WARM_LANES = 32;
/** A rate so many times that of the warm-up, which is still cold, is not tried. */
const HOPELESS = 2;
const aim = { of: 'value', atMost: 50 } as const;

/** d. How long after a command its row can be read, open loop, against a bare subscription at the same rate. */
export async function measureLag(measuring: Measuring): Promise<Figure[]> {
  const { id, stage } = measuring;
  const system = await stage();
  const bare = await system.keep(Promise.resolve(new BareClient(system.eventStoreUrl)), (it) => it.close());
  const { held, script } = await commandsToRows(measuring, system, bare);
  const delivered = await appendsToSubscription(measuring, bare, script, held.perSecond);
  const common = { id, unit: 'ms', note: `open loop at ${held.perSecond}/s, the first rate held` } as const;
  return (['acknowledgedAt', 'intendedAt'] as const).map((from) =>
    figure({
      ...common,
      what: `p99 from ${from === 'acknowledgedAt' ? 'acknowledgement' : 'intended send'} to visible, at ${held.perSecond}/s`,
      subject: lagOf('row visible', held.sent, held.sightings, from),
      baselines: [lagOf('bare append to bare subscription', delivered.sent, delivered.sightings, from)],
      aim,
    }),
  );
}

interface Scheduled {
  readonly perSecond: number;
  readonly sent: readonly Sent[];
  readonly sightings: Sightings;
}

async function commandsToRows(
  measuring: Measuring,
  system: Stage,
  bare: BareClient,
): Promise<{ held: Scheduled; script: Script }> {
  const { counts } = measuring;
  const databaseUrl = await system.database();
  const [commands, projections] = await Promise.all([
    system.app('commands'),
    system.app('projections', { DATABASE_URL: databaseUrl }),
  ]);
  const http = new HttpClient(commands, CONNECTIONS);
  await system.keep(Promise.resolve(http), async (it) => it.close());
  const script = await recordScript(http, bare);
  await ready(projections);
  const sightings = new Sightings();
  const tally = new Tally();
  const lane = () => tally.of(commandLane(http));
  const stopWatching = await watchRows(databaseUrl, sightings);
  const rows = () =>
    countIn(databaseUrl, `SELECT count(*) FROM views.audit_index WHERE stream LIKE 'contract-%'`);
  const acknowledged = () => tally.events + script.flat().length;
  const settled = () => becomes(acknowledged(), rows, () => undefined);
  try {
    const held = await firstHeld(measuring, lane, sightings, settled);
    await settled();
    counts.expect('d: rows of acknowledged events', acknowledged(), await rows());
    return { held, script };
  } finally {
    await stopWatching();
    await projections.stop();
    await commands.stop();
  }
}

/** Tries one rate after the other until the answers keep up with the schedule and every row is seen. */
async function firstHeld(
  { form, tell }: Measuring,
  lane: () => Lane,
  sightings: Sightings,
  settled: () => Promise<void>,
): Promise<Scheduled> {
  const { count, elapsedMs } = await closedLoop(Array.from({ length: WARM_LANES }, lane), form.lag.warmUpMs);
  const hopeless = (HOPELESS * count * 1_000) / elapsedMs;
  for (const perSecond of form.lag.perSecond.filter((rate) => rate < hopeless)) {
    try {
      await settled();
      tell(`${perSecond} commands/s`);
      const lanes = Array.from({ length: perSecond }, lane);
      const sent = await sendBySchedule(lanes, perSecond, form.lag.scheduleMs);
      await allSeen(sent, sightings);
      return { perSecond, sent, sightings };
    } catch (error) {
      if (!(error instanceof NotHeld)) throw error;
      tell(`${perSecond} commands/s are not held: ${error.message}`);
    }
  }
  throw new Error('no rate was held');
}

async function appendsToSubscription(
  { form }: Measuring,
  bare: BareClient,
  script: Script,
  perSecond: number,
): Promise<Scheduled> {
  const sightings = new Sightings();
  const subscription = bare.client.subscribeToAll({ fromPosition: END });
  subscription.on('data', ({ event }) => event && sightings.saw(event.id));
  await new Promise((resolve) => subscription.once('confirmation', resolve));
  const lanes = Array.from({ length: perSecond }, () => appendLane(bare, script));
  await closedLoop(lanes.slice(0, WARM_LANES), form.lag.warmUpMs);
  const sent = await sendBySchedule(lanes, perSecond, form.lag.scheduleMs);
  await allSeen(sent, sightings);
  await subscription.unsubscribe();
  return { perSecond, sent, sightings };
}
