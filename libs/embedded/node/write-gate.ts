import { setTimeout as delay } from 'node:timers/promises';
import type { CommitFailed } from './errors.js';
import { MAX_APPEND_BYTES } from './proposal.js';
import type { Store } from './store.js';

const TRIAL_INTERVAL_MS = 1000;

/**
 * Whether the log takes appends. Once the disk has refused a transaction the log is read-only, so that not some small
 * appends pass and larger ones fail by chance, until a trial shows that there is room for the largest.
 */
export class WriteGate {
  private refusal: CommitFailed | undefined;
  private trials: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();

  constructor(
    private readonly store: Store,
    private readonly tell: (line: string) => void,
  ) {}

  /** Throws the last failure while the log is read-only. */
  check(): void {
    if (this.refusal) throw this.refusal;
  }

  /** Makes the log read-only. */
  close(failure: CommitFailed): void {
    if (!this.refusal) {
      this.tell(failure.message);
      this.trials = this.openWhenThereIsRoom();
    }
    this.refusal = failure;
  }

  /** Ends the trials and resolves when the last has ended. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.trials;
  }

  private async openWhenThereIsRoom(): Promise<void> {
    const { signal } = this.ending;
    do {
      await delay(TRIAL_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    } while (!(await this.store.hasRoomFor(MAX_APPEND_BYTES)));
    this.refusal = undefined;
    this.tell('The log can be written again.');
  }
}
