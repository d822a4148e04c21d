import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Engine } from '#event-store/engine';
import { ENGINE } from '#event-store/engine-module';
import { ofThisLog } from '#projection/log-watch';
import type { Projection } from '#projection/projection';
import { waitForPosition } from '#projection/wait';

const WAIT_MS = 1_000;

/** How far tables are behind the log. */
@Injectable()
export class Progress {
  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Resolves when these tables reflect the log as it is now; `tell` hears about once a second which do not yet.
   * Throws RebuildNeeded when they come from another one.
   */
  async reached(
    tables: readonly Projection[],
    signal?: AbortSignal,
    tell?: (behind: string) => void,
  ): Promise<void> {
    const { store, logId } = this.engine;
    const head = await store.head();
    if (head === undefined) return;
    const names = tables.map(({ name }) => name);
    const options = { timeoutMs: WAIT_MS, ...(signal && { signal }) };
    for (;;) {
      const outcome = await waitForPosition(this.dataSource, names, head, options);
      if (outcome === 'reached') break;
      const behind = [...outcome.behind].map(([name, at]) => `${name} at ${at ?? 'the start'} of ${head}`);
      tell?.(behind.join(', '));
    }
    const verify = (position: bigint, eventId: string) => store.holdsAt(position, eventId);
    await ofThisLog(this.dataSource, names, logId, verify);
  }
}
