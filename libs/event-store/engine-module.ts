import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ENGINE } from './command-classes.js';
import type { Engine } from './engine.js';

/** Gives every module of an application the one engine of its process. Whoever opened the engine closes it. */
@Global()
@Module({})
export class EngineModule {
  static of(engine: Engine): DynamicModule {
    return { module: EngineModule, providers: [{ provide: ENGINE, useValue: engine }], exports: [ENGINE] };
  }
}
