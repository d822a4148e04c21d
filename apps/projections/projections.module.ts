import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Gauge, Histogram, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { projections } from '#contexts/tables';
import type { Engine } from '#event-store/engine';
import { ENGINE } from '#event-store/engine-module';
import { runProjections, type Runner } from '#projection/runner';
import { Log } from '#web/log';
import { Readiness } from '#web/readiness';
import { healthOf } from './health.js';

/** Events in, tables out: the only writer of tables. */
@Module({})
export class ProjectionsModule implements OnApplicationBootstrap, OnModuleDestroy {
  private runner: Runner | undefined;

  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    private readonly dataSource: DataSource,
    private readonly log: Log,
    private readonly registry: Registry,
    readiness: Readiness,
  ) {
    readiness.add('projections', () => {
      return this.runner ? healthOf(this.runner.status()) : { ok: false, detail: 'starting' };
    });
  }

  onApplicationBootstrap(): void {
    const { store, logId, catalogue, source } = this.engine;
    const writes = new Histogram({
      name: 'fourstar_projection_write_seconds',
      help: 'Time to commit one batch of events to all tables',
      registers: [this.registry],
    });
    const runner = runProjections({
      source,
      dataSource: this.dataSource,
      projections,
      catalogue,
      logId,
      verify: (position, eventId) => store.holdsAt(position, eventId),
      eventAt: (position) => store.eventAt(position),
      log: this.log.pino,
      onBatch: ({ writeMs }) => writes.observe(writeMs / 1_000),
    });
    this.runner = runner;
    measureLag(this.registry, runner);
    measureParked(this.registry, runner);
    measureRebuild(this.registry, runner);
  }

  async onModuleDestroy(): Promise<void> {
    await this.runner?.stop();
  }
}

function measureParked(registry: Registry, runner: Runner): void {
  for (const what of ['keys', 'events'] as const) {
    new Gauge({
      name: `fourstar_projection_parked_${what}`,
      help: `How many ${what} are parked in a projection: its table lacks them`,
      labelNames: ['projection'],
      registers: [registry],
      collect() {
        for (const { name, parked } of runner.status().projections)
          this.set({ projection: name }, parked[what]);
      },
    });
  }
}

function measureRebuild(registry: Registry, runner: Runner): void {
  const figures = [
    ['events', 'events', 'How many events the tables that are being built have come to'],
    ['events_to_do', 'ofEvents', 'How many events the live tables had come to at the last look'],
    ['events_per_second', 'eventsPerSecond', 'How fast tables are being built'],
  ] as const;
  for (const [name, figure, help] of figures) {
    new Gauge({
      name: `fourstar_rebuild_${name}`,
      help: `${help}; 0 while none is`,
      registers: [registry],
      collect() {
        this.set(runner.status().rebuild?.[figure] ?? 0);
      },
    });
  }
}

function measureLag(registry: Registry, runner: Runner): void {
  new Gauge({
    name: 'fourstar_projection_lag_seconds',
    help: 'Age of the last event that the tables reflect while they are behind; 0 when live',
    registers: [registry],
    collect() {
      this.set((runner.status().lagMs ?? 0) / 1_000);
    },
  });
  new Gauge({
    name: 'fourstar_projection_position',
    help: 'Log position that a projection has reached',
    labelNames: ['projection'],
    registers: [registry],
    collect() {
      for (const { name, position } of runner.status().projections) {
        this.set({ projection: name }, Number(position ?? 0n));
      }
    },
  });
}
