import pg from 'pg';
import { startStores, type Stores } from '#embedded/stores';
import { Opened } from '#web/opened';
import { startApp, type App } from '../support/apps.js';
import { dataFolder } from '../support/data-folder.js';

/** When the simulated clock of a measured system begins, so that every run is given the same data. */
export const clockStart = '2026-01-05T02:00:00.000Z';
export const today = '2026-01-05';

/** The stores and applications of one figure, each in a process of its own and as durable as `npm start` makes them. */
export class Stage {
  private readonly opened = new Opened();
  private databases = 0;

  private constructor(private readonly stores: Stores) {}

  static async open(): Promise<Stage> {
    const folder = dataFolder();
    const stage = new Stage(await startStores({ dataDir: folder.path, log: () => undefined }));
    await stage.opened.keep(Promise.resolve(folder), () => folder.remove());
    await stage.opened.keep(Promise.resolve(stage.stores), (stores) => stores.stop());
    return stage;
  }

  get eventStoreUrl(): string {
    return this.stores.eventStoreUrl;
  }

  keep<T>(opening: Promise<T>, close: (open: T) => Promise<unknown>): Promise<T> {
    return this.opened.keep(opening, close);
  }

  /** An application as it is built; it says errors only, and is profiled when this process is. */
  app(name: string, env: Readonly<Record<string, string>> = {}): Promise<App> {
    const { NODE_OPTIONS } = process.env;
    const settings = {
      EVENTSTORE_URL: this.eventStoreUrl,
      SIMULATED_FROM: clockStart,
      ...(NODE_OPTIONS && { NODE_OPTIONS }),
      ...env,
    };
    return this.keep(startApp(name, { env: settings }), (app) => app.stop());
  }

  /** The URL of a new, empty database. */
  async database(): Promise<string> {
    const url = new URL(this.stores.databaseUrl);
    const name = `bench_${++this.databases}`;
    await this.admin(`CREATE DATABASE ${name}`);
    url.pathname = name;
    return url.href;
  }

  drop(databaseUrl: string): Promise<void> {
    return this.admin(`DROP DATABASE ${new URL(databaseUrl).pathname.slice(1)} WITH (FORCE)`);
  }

  close(): Promise<void> {
    return this.opened.close();
  }

  private async admin(sql: string): Promise<void> {
    const client = new pg.Client(this.stores.databaseUrl);
    await client.connect();
    await client.query(sql).finally(() => client.end());
  }
}
