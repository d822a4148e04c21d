import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { deciders } from '#contexts/deciders';
import { deadlines } from '#contexts/tables';
import { byCategory, type Engine } from '#event-store/engine';
import { ENGINE } from '#event-store/engine-module';
import type { Instant } from '#kernel/time';
import { Stopped } from '#projection/errors';
import { createViews } from '#projection/views';
import { timerStatus } from '#timers/status';
import { TimerWorker } from '#timers/worker';
import { Log } from '#web/log';
import { Readiness } from '#web/readiness';
import { ClockController } from './clock.controller.js';
import { timersInWords } from './health.js';
import { Progress } from './progress.js';
import { Reactors } from './reactors.js';
import { measureTimers } from './timer-metrics.js';

const RETRY_MS = 1_000;

/** What the system asks of itself because time has passed. */
@Module({})
export class TimersModule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private working: Promise<void> | undefined;
  private state = 'starting';

  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    private readonly dataSource: DataSource,
    private readonly worker: TimerWorker,
    private readonly progress: Progress,
    private readonly log: Log,
    registry: Registry,
    readiness: Readiness,
  ) {
    const now = () => (engine.simulated ? engine.clock.now() : undefined);
    readiness.add('timers', async () =>
      this.state === 'working'
        ? { ok: true, detail: `working; ${timersInWords(await timerStatus(dataSource, now()))}` }
        : { ok: false, detail: this.state },
    );
    measureTimers(registry, dataSource, now);
  }

  /** `SIMULATED_FROM` as the engine has it, which refuses a log of the other kind. */
  static of({ SIMULATED_FROM }: { readonly SIMULATED_FROM?: Instant | undefined }): DynamicModule {
    return {
      module: TimersModule,
      // A real clock cannot be moved: there is no such route then.
      controllers: SIMULATED_FROM === undefined ? [] : [ClockController],
      providers: [
        Progress,
        Reactors,
        { provide: TimerWorker, useFactory: newWorker, inject: [ENGINE, DataSource, Log] },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.working = this.work();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.working;
  }

  /**
   * Nothing fires before the table of deadlines has caught up with the log as it was at the start: what it shows may be long done.
   * A failing database leads back to the start, since it may have lost the tables. A log that was replaced ends it.
   */
  private async work(): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, this.engine.store.guard.signal]);
    while (!signal.aborted) {
      try {
        await createViews(this.dataSource, this.log.pino);
        this.state = 'waiting for the deadlines to catch up';
        await this.progress.reached([deadlines], signal, (behind) => {
          this.state = `waiting for the deadlines to catch up: ${behind}`;
        });
        this.state = 'working';
        await this.worker.run(signal);
      } catch (error) {
        if (signal.aborted) break;
        this.state = error instanceof Stopped ? error.message : 'starting again';
        this.log.pino.warn({ err: error }, 'The timers start again');
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    this.state = 'stopped';
  }
}

function newWorker(engine: Engine, dataSource: DataSource, log: Log): TimerWorker {
  return new TimerWorker({
    dataSource,
    deciders: byCategory(deciders),
    wake: (decider, id, dueAt) => engine.executor.wake(decider, id, dueAt),
    dueBy: () => (engine.simulated ? engine.clock.now() : undefined),
    worker: randomUUID(),
    log: log.pino,
  });
}
