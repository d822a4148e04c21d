import { Global, Module, type DynamicModule } from '@nestjs/common';
import {
  APP_FILTER,
  APP_GUARD,
  APP_INTERCEPTOR,
  DiscoveryModule,
  DiscoveryService,
  MetadataScanner,
} from '@nestjs/core';
import { Registry } from 'prom-client';
import { AccessGuard } from './access-guard.js';
import { API, DocumentationController } from './documentation-controller.js';
import { Endpoints } from './endpoint.js';
import { Log } from './log.js';
import type { Api } from './openapi.js';
import { OperationsController } from './operations-controller.js';
import { ProblemFilter } from './problem-filter.js';
import { Readiness } from './readiness.js';
import { TimeLimit } from './time-limit.js';
import { TokenVerifier } from './token-verifier.js';

interface Parts {
  readonly api: Api;
  readonly log: Log;
  readonly registry: Registry;
  readonly tokens: TokenVerifier;
  /** Milliseconds that a handler may take. */
  readonly limitMs: number;
}

/** What every HTTP app has around its own modules. `Log`, `Registry` and `Readiness` may be injected anywhere. */
@Global()
@Module({})
export class WebModule {
  static with({ api, log, registry, tokens, limitMs }: Parts): DynamicModule {
    return {
      module: WebModule,
      imports: [DiscoveryModule],
      controllers: [OperationsController, DocumentationController],
      providers: [
        Readiness,
        { provide: Log, useValue: log },
        { provide: Registry, useValue: registry },
        { provide: API, useValue: api },
        { provide: TokenVerifier, useValue: tokens },
        {
          provide: Endpoints,
          useFactory: (discovery: DiscoveryService, scanner: MetadataScanner) =>
            Endpoints.discover(discovery, scanner),
          inject: [DiscoveryService, MetadataScanner],
        },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_INTERCEPTOR, useValue: new TimeLimit(limitMs) },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [Readiness, Log, Registry, Endpoints],
    };
  }
}
