import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { projections } from '#contexts/tables';
import { epochMsOf } from '#kernel/time';
import { Checkpoint } from '#projection/checkpoint';
import { lostLog } from '#projection/log-watch';
import { isOfThisRelease } from '#projection/of-this-release';
import { Readiness, type Health } from '#web/readiness';

/** Whether the tables can be read, and how far they are. */
@Injectable()
export class ViewHealth {
  constructor(
    private readonly dataSource: DataSource,
    registry: Registry,
    readiness: Readiness,
  ) {
    readiness.add('tables', () => this.tables());
    this.gauge(registry, {
      name: 'fourstar_view_position',
      help: 'Log position that a table reflects',
      read: ({ position }) => Number(position ?? 0n),
    });
    this.gauge(registry, {
      name: 'fourstar_view_lag_positions',
      help: 'How much further in the log the furthest table is',
      read: ({ position }, furthest) => Number(furthest - (position ?? 0n)),
    });
    this.gauge(registry, {
      name: 'fourstar_view_age_seconds',
      help: 'Time since the last event that a table reflects was recorded; it grows while nothing happens',
      read: ({ eventAt }) => (eventAt ? (Date.now() - epochMsOf(eventAt)) / 1_000 : 0),
    });
  }

  private async tables(): Promise<Health> {
    const checkpoints = await this.checkpoints();
    if (await lostLog(this.dataSource.manager))
      return { ok: false, detail: 'of a log that was restored or replaced since' };
    const missing: string[] = [];
    for (const each of projections) {
      const live = checkpoints.find(({ name, position }) => name === each.name && position !== null);
      if (!live || !(await isOfThisRelease(this.dataSource, each, live))) missing.push(each.name);
    }
    return missing.length === 0
      ? { ok: true, detail: 'built' }
      : { ok: false, detail: `still to be built: ${missing.join(', ')}` };
  }

  private checkpoints(): Promise<Checkpoint[]> {
    return this.dataSource.getRepository(Checkpoint).find();
  }

  private gauge(
    registry: Registry,
    { name, help, read }: { name: string; help: string; read: (at: Checkpoint, furthest: bigint) => number },
  ): void {
    const checkpoints = () => this.checkpoints();
    new Gauge({
      name,
      help,
      labelNames: ['projection'],
      registers: [registry],
      async collect() {
        this.reset();
        // While the database is away there is nothing to tell of the tables; the other figures are told all the same.
        const found = await checkpoints().catch(() => []);
        const furthest = found.reduce(
          (most, { position }) => (position && position > most ? position : most),
          0n,
        );
        for (const each of found) this.set({ projection: each.name }, read(each, furthest));
      },
    });
  }
}
