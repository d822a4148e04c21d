import type { DataSource } from 'typeorm';
import { projections } from '#contexts/tables';
import type { Engine } from '#event-store/engine';
import { waitForPosition } from '#projection/wait';

const WAIT_MS = 1_000;

/** How far the tables are behind the log. */
export class Progress {
  constructor(
    private readonly engine: Engine,
    private readonly dataSource: DataSource,
  ) {}

  /** Resolves when the tables reflect the log as it is now. */
  async caughtUp(signal?: AbortSignal): Promise<void> {
    const head = await this.engine.store.head();
    if (head === undefined) return;
    const names = projections.map(({ name }) => name);
    const options = { timeoutMs: WAIT_MS, ...(signal && { signal }) };
    while ((await waitForPosition(this.dataSource, names, head, options)) !== 'reached');
  }
}
