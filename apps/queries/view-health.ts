import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { projections } from '#contexts/tables';
import { epochMsOf } from '#kernel/time';
import { Checkpoint } from '#projection/checkpoint';
import { silenceMs } from '#projection/lease';
import { lostLog } from '#projection/log-watch';
import { isOfThisRelease } from '#projection/of-this-release';
import { hasViews } from '#projection/views';
import { Readiness, type Health } from '#web/readiness';

/** A projector that is alive says so about once a second. */
const SILENCE_MAX_MS = 5_000;

/** Whether the tables can be read, and how far they are. */
@Injectable()
export class ViewHealth {
  constructor(
    private readonly dataSource: DataSource,
    registry: Registry,
    readiness: Readiness,
  ) {
    readiness.add('tables', () => this.tables());
    this.gauge(registry, {
      name: 'fourstar_view_position',
      help: 'Log position that a table reflects',
      read: ({ position }) => Number(position ?? 0n),
    });
    this.gauge(registry, {
      name: 'fourstar_view_lag_positions',
      help: 'How much further in the log the furthest table is',
      read: ({ position }, furthest) => Number(furthest - (position ?? 0n)),
    });
    this.gauge(registry, {
      name: 'fourstar_view_age_seconds',
      help: 'Time since the last event that a table reflects was recorded; it grows while nothing happens',
      read: ({ eventAt }) => (eventAt ? (Date.now() - epochMsOf(eventAt)) / 1_000 : 0),
    });
  }

  private async tables(): Promise<Health> {
    if (!(await hasViews(this.dataSource))) return { ok: false, detail: 'still to be built: all' };
    const checkpoints = await this.checkpoints();
    if (await lostLog(this.dataSource.manager))
      return { ok: false, detail: 'of a log that was restored or replaced since' };
    const missing: string[] = [];
    for (const each of projections) {
      const live = checkpoints.find(({ name, position }) => name === each.name && position !== null);
      if (!live || !(await isOfThisRelease(this.dataSource, each, live))) missing.push(each.name);
    }
    const detail = [
      missing.length === 0 ? 'built' : `still to be built: ${missing.join(', ')}`,
      ...behindOf(checkpoints),
      ...silenceOf(await silenceMs(this.dataSource)),
    ].join('; ');
    return { ok: missing.length === 0, detail };
  }

  private checkpoints(): Promise<Checkpoint[]> {
    return this.dataSource.getRepository(Checkpoint).find();
  }

  private gauge(
    registry: Registry,
    { name, help, read }: { name: string; help: string; read: (at: Checkpoint, furthest: bigint) => number },
  ): void {
    const checkpoints = () => this.checkpoints();
    new Gauge({
      name,
      help,
      labelNames: ['projection'],
      registers: [registry],
      async collect() {
        this.reset();
        // While the database is away there is nothing to tell of the tables; the other figures are told all the same.
        const found = await checkpoints().catch(() => []);
        const furthest = furthestOf(found);
        for (const each of found) this.set({ projection: each.name }, read(each, furthest));
      },
    });
  }
}

const furthestOf = (checkpoints: readonly Checkpoint[]): bigint =>
  checkpoints.reduce((most, { position }) => (position && position > most ? position : most), 0n);

/** Tables that the others have left behind: their projection has stopped. They are read all the same, and say what they reflect. */
function behindOf(checkpoints: readonly Checkpoint[]): string[] {
  const furthest = furthestOf(checkpoints);
  const behind = checkpoints.filter(({ position }) => position !== null && position < furthest);
  return behind.length === 0
    ? []
    : [`behind: ${behind.map(({ name, position }) => `${name} at ${position} of ${furthest}`).join(', ')}`];
}

/** Nothing moves while nobody writes the tables, so that none of them would seem to be behind. */
const silenceOf = (ms: number | undefined): string[] =>
  ms !== undefined && ms > SILENCE_MAX_MS
    ? [`no projector has been alive for ${Math.ceil(ms / 1_000)} s`]
    : [];
