import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { deciders } from '#contexts/deciders';
import { policyDecider } from '#contexts/policies';
import { policyGroups } from '#contexts/policy-groups';
import { commandHandlers } from '#event-store/command-classes';
import type { Engine } from '#event-store/engine';
import { ENGINE } from '#event-store/engine-module';
import { systemCause } from '#event-store/log';
import { commandRoutes } from '#web/command-routes';
import { PositionTokens } from '#web/position-token';
import { Readiness } from '#web/readiness';

/** HTTP in, events out: every command of every context, by the routes that its table names. Reads no table. */
@Module({
  imports: [CqrsModule.forRoot()],
  controllers: commandRoutes(deciders),
  providers: [
    ...commandHandlers(deciders),
    {
      provide: PositionTokens,
      useFactory: ({ logId }: Engine) => new PositionTokens(logId),
      inject: [ENGINE],
    },
  ],
})
export class CommandsModule implements OnApplicationBootstrap {
  private ready = false;

  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    readiness: Readiness,
  ) {
    readiness.add('policies', () => ({
      ok: this.ready,
      detail: this.ready ? 'in force' : 'the defaults have not been adopted yet',
    }));
    readiness.add('event store', async () => {
      const { trouble } = engine.store.appends;
      if (trouble !== undefined) return { ok: false, detail: trouble };
      return { ok: (await engine.store.head()) !== undefined, detail: 'answers' };
    });
  }

  /** Nothing is decided before every policy has a version in force. */
  async onApplicationBootstrap(): Promise<void> {
    const command = { type: 'AdoptPolicyDefaults', data: {} };
    for (const id of Object.keys(policyGroups)) {
      const cause = systemCause('system:start');
      await this.engine.executor.execute({ decider: policyDecider, id, command, cause });
    }
    this.ready = true;
  }
}
