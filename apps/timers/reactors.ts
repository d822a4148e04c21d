import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { fanOuts, reactions } from '#contexts/reactions';
import type { Engine } from '#event-store/engine';
import { ENGINE } from '#event-store/engine-module';
import { reactionFollower, type Follower } from '#reactions/effect';
import { fanOutFollower } from '#reactions/fan-out-follower';
import { runReactor, type Reactor } from '#reactions/reactor';
import { tableTargets } from '#reactions/table-targets';
import { Log } from '#web/log';
import { Readiness } from '#web/readiness';
import { reactionsHealth } from './health.js';
import { measureReactors } from './reactor-metrics.js';

/** What the system asks of itself because something has happened. */
@Injectable()
export class Reactors implements OnApplicationBootstrap, OnModuleDestroy {
  private running: readonly Reactor[] = [];

  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    private readonly dataSource: DataSource,
    private readonly log: Log,
    registry: Registry,
    readiness: Readiness,
  ) {
    const standing = () => this.running.map((reactor) => reactor.status());
    readiness.add('reactions', () => reactionsHealth(standing()));
    measureReactors(registry, standing);
  }

  onApplicationBootstrap(): void {
    const { engine, dataSource } = this;
    const log = this.log.pino;
    const targetsOf = tableTargets.bind(undefined, dataSource);
    const followers: readonly Follower[] = [
      ...reactions.map((each) => reactionFollower(each, engine)),
      ...fanOuts.map((each) => fanOutFollower(each, { engine, targetsOf, log })),
    ];
    this.running = followers.map((follower) => runReactor({ follower, engine, log }));
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.running.map((reactor) => reactor.stop()));
  }
}
