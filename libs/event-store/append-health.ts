const REMEMBERED_MS = 10_000;

/** Whether appends are answered at the moment: on a full disk, or without a leader, reads may well be while they are not. */
export class AppendHealth {
  private failing: { readonly sinceMs: number; readonly lastMs: number; readonly why: string } | undefined;

  answered(): void {
    this.failing = undefined;
  }

  unanswered(error: unknown): void {
    const lastMs = performance.now();
    const why = error instanceof Error ? error.name : 'failed';
    this.failing = { sinceMs: this.failing?.sinceMs ?? lastMs, lastMs, why };
  }

  /**
   * What is wrong, undefined when nothing is. It is forgotten after a while without any append: whoever sends no work to who
   * is not ready would never find out that the store has come back.
   */
  get trouble(): string | undefined {
    if (!this.failing || performance.now() - this.failing.lastMs > REMEMBERED_MS) return undefined;
    const seconds = Math.ceil((performance.now() - this.failing.sinceMs) / 1_000);
    return `no append has been answered for ${seconds} s: ${this.failing.why}`;
  }
}
