import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { projections } from '#contexts/tables';
import type { Engine } from '#event-store/engine';
import { ENGINE } from '#event-store/engine-module';
import type { TableReport } from '#projection/reconcile/report';
import { reconcileSample } from '#projection/reconcile/sample';
import { Log } from '#web/log';
import { Readiness } from '#web/readiness';

const EVERY_MS = Symbol('how often the tables are sampled');

/** Compares a random sample of the tables with a fresh fold of its streams, again and again. */
@Module({})
export class ReconciliationModule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private sampling: Promise<void> | undefined;
  private last = 'no sample yet';
  private differences = 0;
  private readonly counters: ReturnType<typeof countersIn>;

  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    @Inject(EVERY_MS) private readonly everyMs: number,
    private readonly dataSource: DataSource,
    private readonly log: Log,
    registry: Registry,
    readiness: Readiness,
  ) {
    this.counters = countersIn(registry);
    // Whoever writes the tables cannot repair them by being taken out of service: it only tells.
    readiness.add('reconciliation', () => ({ ok: true, detail: this.last }));
  }

  static of({ RECONCILE_EVERY_MS }: { readonly RECONCILE_EVERY_MS: number }): DynamicModule {
    return {
      module: ReconciliationModule,
      providers: [{ provide: EVERY_MS, useValue: RECONCILE_EVERY_MS }],
    };
  }

  onApplicationBootstrap(): void {
    if (this.everyMs > 0) this.sampling = this.sampleOn();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.sampling;
  }

  private async sampleOn(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await pause(this.everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        this.take(await this.sample());
      } catch (error) {
        this.log.pino.warn({ err: error }, 'A sample of the tables could not be compared with the log');
      }
    }
  }

  private sample(): Promise<readonly TableReport[]> {
    const { store, catalogue } = this.engine;
    const readStream = (stream: string) => store.readStream(stream);
    return reconcileSample({ dataSource: this.dataSource, projections, catalogue, readStream });
  }

  private take(reports: readonly TableReport[]): void {
    const { checked, differences, lastRun } = this.counters;
    for (const { projection, rows, listed } of reports) {
      checked.inc({ projection }, rows);
      differences.inc({ projection }, listed.length);
      this.differences += listed.length;
      for (const { key, is, columns } of listed) {
        const fields = { projection, key, is, columns: columns.map(({ name }) => name) };
        this.log.pino.error(fields, 'A row is not what the log makes it: compare the whole table');
      }
    }
    lastRun.setToCurrentTime();
    this.last = `${this.differences} differences since the start, last sample at ${new Date().toISOString()}`;
  }
}

function countersIn(registry: Registry) {
  const of = { labelNames: ['projection'], registers: [registry] };
  return {
    checked: new Counter({
      ...of,
      name: 'fourstar_reconciliation_checked_total',
      help: 'Rows of samples that were compared with a fresh fold of their streams',
    }),
    differences: new Counter({
      ...of,
      name: 'fourstar_reconciliation_differences_total',
      help: 'Rows of samples that were not what the log makes them',
    }),
    lastRun: new Gauge({
      name: 'fourstar_reconciliation_last_run_seconds',
      help: 'When the last sample was compared, as a Unix time',
      registers: [registry],
    }),
  };
}
