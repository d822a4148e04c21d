import { FORWARDS, START, type ResolvedEvent } from '@eventstore/db-client';
import pino from 'pino';
import type { DataSource } from 'typeorm';
import { contract } from '#contract/contract';
import type { Contract } from '#contract/state';
import { eventTables } from '#contexts/events';
import { migrations, projections } from '#contexts/tables';
import { evolveAny } from '#event-store/aggregate';
import { decode } from '#event-store/decode';
import { openEngine, type Engine } from '#event-store/engine';
import { rawEvent } from '#event-store/store';
import type { Recorded } from '#kernel/recorded';
import { instantOf } from '#kernel/time';
import { openViews } from '#projection/open-views';
import { runProjections } from '#projection/runner';
import { tableShape } from '#projection/table-shape';
import { waitForPosition } from '#projection/wait';
import { freshDatabase } from './postgres.js';

const CATCH_UP_MS = 60_000;
const silent = pino({ level: process.env['LOG'] ?? 'silent' });
const names = projections.map(({ name }) => name);

/** A second pair of eyes on a running system: its log, read from the start, and its tables. */
export class LogAndTables {
  private constructor(
    readonly engine: Engine,
    readonly tables: DataSource,
  ) {}

  static async open(
    eventStoreUrl: string,
    databaseUrl: string,
    simulatedFrom: string,
  ): Promise<LogAndTables> {
    const engine = await openEngine({
      eventStoreUrl,
      events: eventTables,
      simulatedFrom: instantOf(simulatedFrom),
    });
    return new LogAndTables(engine, await openViews(databaseUrl, projections, migrations));
  }

  async close(): Promise<void> {
    await this.tables.destroy();
    await this.engine.close();
  }

  /** Waits until the tables reflect the log as it is now. */
  async caughtUp(): Promise<void> {
    const head = (await this.engine.store.head()) ?? 0n;
    const outcome = await waitForPosition(this.tables, names, head, { timeoutMs: CATCH_UP_MS });
    if (outcome !== 'reached') throw new Error(`the tables never reached ${head}`);
  }

  /** Every event of the application, in the order of the log: read by the bare client, not by the subscription under test. */
  async events(): Promise<Recorded[]> {
    const events: Recorded[] = [];
    for await (const resolved of this.engine.store.client.readAll({
      direction: FORWARDS,
      fromPosition: START,
    })) {
      if (resolved.event && !resolved.event.streamId.startsWith('$'))
        events.push(decode(this.engine.catalogue, rawEvent(resolved as ResolvedEvent))); // An event of `$all` lacks nothing that another has.
    }
    return events;
  }

  /** The rows of every projected table, as they are. */
  rows(tables: DataSource = this.tables): Promise<Record<string, unknown[]>> {
    return rowsOf(tables);
  }

  /** The rows that the same log gives when it is projected from the start, into another database. */
  async rebuilt(): Promise<Record<string, unknown[]>> {
    const { url, drop } = await freshDatabase();
    const tables = await openViews(url, projections, migrations);
    const { store, source, catalogue, logId } = this.engine;
    const verify = async () => true;
    const runner = runProjections({
      source,
      dataSource: tables,
      projections,
      catalogue,
      logId,
      verify,
      eventAt: (position) => store.eventAt(position),
      log: silent,
    });
    try {
      const head = (await store.head()) ?? 0n;
      const outcome = await waitForPosition(tables, names, head, { timeoutMs: CATCH_UP_MS });
      if (outcome !== 'reached') throw runner.status().failure ?? new Error(`no rebuild up to ${head}`);
      return await rowsOf(tables);
    } finally {
      await runner.stop();
      await tables.destroy();
      await drop();
    }
  }
}

/** Each contract's state, folded by its decider from the events. */
export function contractsOf(events: readonly Recorded[]): Map<string, Contract> {
  const states = new Map<string, Contract>();
  for (const event of events) {
    if (event.category !== 'contract') continue;
    const before = states.get(event.id) ?? contract.initial;
    states.set(event.id, evolveAny(contract, before, event) as Contract); // The contract's history yields contracts.
  }
  return states;
}

async function rowsOf(dataSource: DataSource): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {};
  for (const projection of projections) {
    const { table } = await tableShape(dataSource, projection);
    const found: { row: unknown }[] = await dataSource.query(
      `SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY t::text`,
    );
    rows[projection.name] = found.map(({ row }) => row);
  }
  return rows;
}
