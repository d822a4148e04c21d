import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { projections } from '#contexts/tables';
import { epochMsOf } from '#kernel/time';
import { Checkpoint } from '#projection/checkpoint';
import { clockSkewMs } from '#timers/clock-skew';
import { Readiness, type Health } from '#web/readiness';

const SKEW_MAX_MS = 1_000;

/** Whether the tables can be read, and how far they are. */
@Injectable()
export class ViewHealth {
  constructor(
    private readonly dataSource: DataSource,
    registry: Registry,
    readiness: Readiness,
  ) {
    readiness.add('tables', () => this.tables());
    readiness.add('clock', () => this.clock());
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
    const begun = new Set(checkpoints.filter(({ position }) => position !== null).map(({ name }) => name));
    const missing = projections.map(({ name }) => name).filter((name) => !begun.has(name));
    return missing.length === 0
      ? { ok: true, detail: 'built' }
      : { ok: false, detail: `still to be built: ${missing.join(', ')}` };
  }

  private async clock(): Promise<Health> {
    const ok = Math.abs(await clockSkewMs(this.dataSource)) <= SKEW_MAX_MS;
    return { ok, detail: ok ? 'as the database' : 'more than a second off the database' };
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
