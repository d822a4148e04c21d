import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Histogram, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { projections } from '#contexts/tables';
import type { Engine } from '#event-store/engine';
import { ENGINE } from '#event-store/engine-module';
import { runProjections, type Runner } from '#projection/runner';
import { Log } from '#web/log';
import { Readiness } from '#web/readiness';
import { healthOf } from './health.js';
import { measureRunner } from './runner-metrics.js';

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
    measureRunner(this.registry, () => runner.status());
  }

  async onModuleDestroy(): Promise<void> {
    await this.runner?.stop();
  }
}
