import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { deciders } from '#contexts/deciders';
import { ENGINE } from '#event-store/command-classes';
import { byCategory, type Engine } from '#event-store/engine';
import { createViews } from '#projection/views';
import { clockSkewMs } from '#timers/clock-skew';
import { timerStatus } from '#timers/status';
import { TimerWorker } from '#timers/worker';
import { Log } from '#web/log';
import { Readiness } from '#web/readiness';
import { ClockController } from './clock.controller.js';
import { overdueContracts } from './overdue-contracts.js';
import { Progress } from './progress.js';

const SKEW_MAX_MS = 1_000;
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
    readiness.add('timers', () => ({ ok: this.state === 'working', detail: this.state }));
    readiness.add('clock', () => this.clockHealth());
    measure(registry, dataSource, engine);
  }

  static of(engine: Engine, dataSource: DataSource): DynamicModule {
    return {
      module: TimersModule,
      // A real clock cannot be moved: there is no such route then.
      controllers: engine.simulated ? [ClockController] : [],
      providers: [
        { provide: DataSource, useValue: dataSource },
        { provide: Progress, useValue: new Progress(engine, dataSource) },
        { provide: TimerWorker, useFactory: (log: Log) => newWorker(engine, dataSource, log), inject: [Log] },
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
   * Nothing fires before the table has caught up with the log as it was at the start: what it shows may be long done.
   * A failing database leads back to the start, since it may have lost the tables.
   */
  private async work(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await createViews(this.dataSource, this.log.pino);
        this.state = 'waiting for the deadlines to catch up';
        await this.progress.caughtUp(signal);
        this.state = 'working';
        await this.worker.run(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.state = 'starting again';
        this.log.pino.warn({ err: error }, 'The timers start again');
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async clockHealth(): Promise<{ ok: boolean; detail: string }> {
    if (this.engine.simulated) return { ok: true, detail: 'simulated' };
    const skewMs = await clockSkewMs(this.dataSource);
    return { ok: Math.abs(skewMs) < SKEW_MAX_MS, detail: `${Math.round(skewMs)} ms ahead of the database` };
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

function measure(registry: Registry, dataSource: DataSource, engine: Engine): void {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const parked = gauge('fourstar_timers_parked', 'Deadlines set aside for a person');
  const due = gauge('fourstar_timers_due', 'Deadlines that are due and not yet settled');
  const held = gauge('fourstar_timers_held', 'Deadlines that are due and held by a person');
  const heartbeat = gauge(
    'fourstar_timers_heartbeat_age_seconds',
    'Age of the last heartbeat of any timer worker',
  );
  const overdue = gauge(
    'fourstar_contracts_overdue',
    'Contracts whose term is over and that neither renewed nor expired; must be 0',
  );
  new Gauge({
    name: 'fourstar_timers_oldest_due_age_seconds',
    help: 'How long the oldest deadline that nobody has settled has been due',
    registers: [registry],
    async collect() {
      const now = engine.simulated ? engine.clock.now() : undefined;
      const status = await timerStatus(dataSource, now);
      this.set(status.oldestDueAgeSeconds);
      parked.set(status.parked);
      due.set(status.due);
      held.set(status.held);
      heartbeat.set(status.heartbeatAgeSeconds ?? 0);
      overdue.set(await overdueContracts(dataSource, now));
    },
  });
}
