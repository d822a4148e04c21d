import { eventTables } from '#contexts/events';
import { catalogueOf, type Catalogue } from '#event-store/decode';
import type { RawEvent } from '#event-store/source';
import type { Envelope } from '#kernel/envelope';
import type { Projection } from '#projection/projection';
import { auditIndex } from '#projection/tables/audit-index';
import { accountDays, catalogue as accountCatalogue } from '../support/accounts.js';
import type { MemoryLog } from '../support/memory-log.js';
import { logId } from '../support/projecting.js';
import { copyByHand, copyLine, foldByHand, type CopyLine } from './by-hand.js';
import { eventRows } from './event-row.js';
import { figure, rateOf, type Figure, type Run } from './figure.js';
import { histories, payments } from './memory-source.js';
import { perSecond, type Measuring } from './measuring.js';
import { countIn, project } from './projecting.js';
import type { Stage } from './stage.js';

/** One way of filling a table from a log in memory, against others. */
interface Contest {
  readonly what: string;
  readonly projection: Projection;
  readonly catalogue: Catalogue;
  readonly log: MemoryLog;
  readonly atLeast: number;
  readonly baselines: Readonly<Record<string, (databaseUrl: string) => Promise<Run>>>;
  /** What the table counts of the events. */
  readonly counted: string;
}

const engineOnly =
  'the engine also decodes (zod), proves continuity, fences and keeps the last revision of each stream';

/** c. The projection engine alone, from a log in memory into a real Postgres, against loops by hand. */
export async function measureEngine(measuring: Measuring): Promise<Figure[]> {
  const { form, stage, seed } = measuring;
  const { events, eventsPerRow } = form.engine;
  const system = await stage();
  const figures = [await contest(measuring, system, folded(payments(events, eventsPerRow, seed)))];
  const log = histories(events, seed);
  const contracts = catalogueOf(eventTables);
  const rows = { catalogue: contracts, log, atLeast: 60_000 };
  figures.push(await contest(measuring, system, { ...rows, ...onePerEvent(log, eventRows, narrowLine) }));
  figures.push(await contest(measuring, system, { ...rows, ...onePerEvent(log, auditIndex, auditLine) }));
  return figures;
}

const folded = (log: MemoryLog): Contest => ({
  what: 'events folded into summary rows',
  projection: accountDays,
  catalogue: accountCatalogue,
  log,
  atLeast: 100_000,
  baselines: { 'fold in a Map, unnest upsert': (url) => foldByHand(url, accountDays, log) },
  counted: 'SELECT sum(payments) AS count FROM views.account_days',
});

function onePerEvent(log: MemoryLog, projection: Projection, line: CopyLine) {
  const rows = log.events.length;
  return {
    what: `one row per event, ${projection.name}`,
    projection,
    baselines: {
      'COPY by 5,000, same table and indexes': (url: string) =>
        copyByHand(url, projection, log, line, { indexed: true }),
      'COPY bare': (url: string) => copyByHand(url, projection, log, line, { indexed: false, batch: rows }),
    },
    counted: `SELECT count(*) FROM views.${projection.name.replace('-', '_')}`,
  };
}

async function contest(
  { id, form, counts, tell }: Measuring,
  system: Stage,
  contest: Contest,
): Promise<Figure> {
  const { what, projection, catalogue, log, baselines, counted } = contest;
  const engine = (databaseUrl: string) =>
    project({
      databaseUrl,
      projections: [projection],
      catalogue,
      logId,
      source: log.source(),
      head: log.head,
    });
  const sides = { engine, ...baselines };
  const runs = new Map<string, Run[]>(Object.keys(sides).map((side) => [side, []]));
  for (let round = 0; round < form.engine.rounds; round++) {
    for (const [side, fill] of Object.entries(sides)) {
      const databaseUrl = await system.database();
      const run = await fill(databaseUrl);
      counts.expect(`c: ${what}, ${side}`, log.events.length, await countIn(databaseUrl, counted));
      await system.drop(databaseUrl);
      runs.get(side)?.push(run);
      tell(`${what}: ${perSecond((run.count / run.elapsedMs) * 1_000)} ${side}`);
    }
  }
  const [subject, first, ...others] = [...runs].map(([side, of]) => rateOf(side, of));
  if (!subject || !first) throw new Error(`${what} has nothing to be compared with`);
  const aim = { of: 'value', atLeast: contest.atLeast } as const;
  return figure({ id, what, unit: '/s', subject, baselines: [first, ...others], aim, note: engineOnly });
}

/** The envelope as it is stored: read by hand, nothing of it checked. */
const metaOf = ({ metadata }: RawEvent) => metadata as Envelope;

const narrowLine: CopyLine = (event) => {
  const { position, stream, revision, type } = event;
  const { recordedAt, actor } = metaOf(event);
  return copyLine([position, stream, revision, type, recordedAt, actor]);
};

const auditLine: CopyLine = (event) => {
  const { position, eventId, type, stream, revision, data } = event;
  const meta = metaOf(event);
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  const subjects = `{${meta.subjects.map((subject) => `"${subject}"`).join(',')}}`;
  return copyLine([
    ...[position, eventId, type, stream, revision, meta.recordedAt, meta.effectiveAt, meta.actor],
    ...[meta.onBehalfOf, meta.authority, meta.channel, meta.hall, meta.reason?.code],
    ...[meta.$correlationId, meta.$causationId, meta.commandId, subjects],
    ...[json(meta.policies), json(meta.basis), json(meta.trace), json(data)],
  ]);
};
