import { Global, Inject, Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { EventTable } from '#kernel/message';
import type { Instant } from '#kernel/time';
import type { Opened } from '#web/opened';
import { openEngine, type Engine } from './engine.js';
import { limitsOf, type LimitSettings } from './engine-settings.js';
import { measureExecutor } from './executor-metrics.js';

/** The token by which an `Engine` is injected. */
export const ENGINE = Symbol('engine');

/** `engineSettings`, read. */
interface LogSettings extends LimitSettings {
  readonly EVENTSTORE_URL: string;
  readonly SIMULATED_FROM?: Instant | undefined;
}

/** Gives every module of an application the one engine of its process. */
@Global()
@Module({})
export class EngineModule {
  constructor(@Inject(ENGINE) engine: Engine, registry: Registry) {
    measureExecutor(registry, engine.executor);
  }

  /** Opens the log with the event tables that this process knows; `opened` closes it. Throws as `openEngine` does. */
  static async open(
    settings: LogSettings,
    events: readonly EventTable[],
    opened: Opened,
  ): Promise<DynamicModule> {
    const { EVENTSTORE_URL: eventStoreUrl, SIMULATED_FROM: simulatedFrom } = settings;
    const opening = openEngine({ eventStoreUrl, events, simulatedFrom, limits: limitsOf(settings) });
    return EngineModule.of(await opened.keep(opening, (engine) => engine.close()));
  }

  /** Whoever opened the engine closes it. */
  static of(engine: Engine): DynamicModule {
    return { module: EngineModule, providers: [{ provide: ENGINE, useValue: engine }], exports: [ENGINE] };
  }
}
