import { eventTables } from '#contexts/events';
import { migrations, projections } from '#contexts/tables';
import { openEngine, type Engine } from '#event-store/engine';
import { instantOf } from '#kernel/time';
import { Random } from '../support/random.js';
import { BareClient } from './bare-client.js';
import { figure, rateOf, type Figure, type Run } from './figure.js';
import { fillLog } from './fill-log.js';
import { contracts } from './histories.js';
import { perSecond, type Measuring } from './measuring.js';
import { countIn, project } from './projecting.js';
import { clockStart, type Stage } from './stage.js';

/** b. A rebuild of all tables from nothing against a bare read of the same log, at two sizes of it. */
export async function measureRebuild(measuring: Measuring): Promise<Figure[]> {
  const { id, form, seed, stage, tell } = measuring;
  const system = await stage();
  const bare = await system.keep(Promise.resolve(new BareClient(system.eventStoreUrl)), (it) => it.close());
  const simulatedFrom = instantOf(clockStart);
  const { eventStoreUrl } = system;
  const engine = await system.keep(openEngine({ eventStoreUrl, events: eventTables, simulatedFrom }), (it) =>
    it.close(),
  );
  const random = new Random(seed);
  const figures: Figure[] = [];
  let events = 1; // LogStarted
  for (const size of form.rebuild) {
    const progress = (appended: number) => tell(`making ${size.events} events: ${events + appended}`);
    events += await fillLog(bare, contracts(size.events - events, random), progress);
    const runs = await rebuildAndRead(measuring, system, engine, bare, { ...size, events });
    const what = `rebuild of all tables, ${events.toLocaleString('en')} events`;
    const baseline = rateOf('bare $all read', runs.reads);
    const aim = { of: 'ratio', atLeast: 0.7 } as const;
    figures.push(
      figure({ id, what, unit: '/s', subject: rateOf('rebuild', runs.rebuilds), baselines: [baseline], aim }),
    );
  }
  return [...figures, flatness(id, figures)];
}

function flatness(id: Figure['id'], sizes: readonly Figure[]): Figure {
  const [small, large] = [sizes[0], sizes.at(-1)];
  if (!small || !large) throw new Error('a rebuild is measured at two sizes');
  return figure({
    id,
    what: 'rebuild at the larger size against the smaller',
    unit: '/s',
    subject: { ...large.subject, what: large.what },
    baselines: [{ ...small.subject, what: small.what }],
    aim: { of: 'ratio', atLeast: 0.9 },
  });
}

async function rebuildAndRead(
  { counts, tell }: Measuring,
  system: Stage,
  engine: Engine,
  bare: BareClient,
  { events, rounds }: { readonly events: number; readonly rounds: number },
): Promise<{ reads: Run[]; rebuilds: Run[] }> {
  const reads: Run[] = [];
  const rebuilds: Run[] = [];
  const head = (await engine.store.head()) ?? 0n;
  for (let round = 1; round <= rounds; round++) {
    const readAt = performance.now();
    const count = await bare.readAll();
    reads.push({ count, elapsedMs: performance.now() - readAt });
    counts.expect(`b: events of the log read, of ${events}`, events, count);
    const databaseUrl = await system.database();
    const { logId, catalogue, source } = engine;
    const run = await project({
      databaseUrl,
      projections,
      migrations,
      catalogue,
      logId,
      source,
      head,
      tell: (done) => tell(`${events} events, round ${round} of ${rounds}: ${done} rebuilt`),
    });
    rebuilds.push(run);
    tell(`${events} events: ${perSecond((run.count / run.elapsedMs) * 1_000)} rebuilt`);
    await expectAll(counts, databaseUrl, events);
    await system.drop(databaseUrl);
  }
  return { reads, rebuilds };
}

async function expectAll(counts: Measuring['counts'], databaseUrl: string, events: number): Promise<void> {
  const rows = await countIn(databaseUrl, 'SELECT count(*) FROM views.audit_index');
  counts.expect(`b: rows of the audit index, of ${events}`, events, rows);
  const seen = await countIn(databaseUrl, 'SELECT sum(revision + 1) AS count FROM views.streams');
  counts.expect(`b: events by the revisions of their streams, of ${events}`, events, seen);
}
