import type { Journal } from './journal.js';
import type { ReactorState, ReactorStatus } from './status.js';
import type { Watermark } from './watermark.js';

/** How a reactor is doing, for whoever asks. */
export class StatusBoard {
  state: ReactorState = 'starting';
  /** Set while this process works. */
  watermark: Watermark | undefined;
  lastError: Error | undefined;
  failure: Error | undefined;

  constructor(
    private readonly name: string,
    private readonly journal: Journal,
  ) {}

  status(): ReactorStatus {
    const { name, state, lastError, failure, watermark } = this;
    const journaled = this.journal.isOpen ? this.journal.known : undefined;
    const after = (watermark ?? journaled)?.after;
    const oldest = watermark?.oldest;
    return {
      ...{ name, state, lastError, failure },
      position: after && BigInt(after.position),
      lagMs: watermark && (oldest ? performance.now() - oldest.sinceMs : 0),
      parked: [...(journaled?.parked.values() ?? [])],
    };
  }
}
