import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Opened } from '#web/opened';
import { Readiness, type Health } from '#web/readiness';
import { clockSkewMs } from './clock-skew.js';
import { openViews } from './open-views.js';

const SKEW_MAX_MS = 1_000;

interface DatabaseSettings {
  readonly DATABASE_URL: string;
  readonly DATABASE_SILENCE_MS: number;
}

/**
 * Gives every module of an application the tables, and vouches for the clock: whoever is off the database's by more
 * than a second judges ages wrongly and is not ready.
 */
@Global()
@Module({})
export class TablesModule {
  constructor(dataSource: DataSource, readiness: Readiness) {
    readiness.add('clock', () => clockHealth(dataSource));
  }

  /** Connects to the tables as `openViews` does; `opened` closes the connection. */
  static async open(
    { DATABASE_URL, DATABASE_SILENCE_MS }: DatabaseSettings,
    projections: Parameters<typeof openViews>[1],
    migrations: Parameters<typeof openViews>[2],
    opened: Opened,
  ): Promise<DynamicModule> {
    const opening = openViews(DATABASE_URL, projections, migrations, DATABASE_SILENCE_MS);
    return TablesModule.of(await opened.keep(opening, (dataSource) => dataSource.destroy()));
  }

  /** Whoever opened the data source closes it. */
  static of(dataSource: DataSource): DynamicModule {
    return {
      module: TablesModule,
      providers: [{ provide: DataSource, useValue: dataSource }],
      exports: [DataSource],
    };
  }
}

async function clockHealth(dataSource: DataSource): Promise<Health> {
  const skewMs = await clockSkewMs(dataSource);
  return { ok: Math.abs(skewMs) <= SKEW_MAX_MS, detail: `${Math.round(skewMs)} ms ahead of the database` };
}
