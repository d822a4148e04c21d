/** What an application has opened on its way, to be closed in the reverse order. */
export class Opened {
  private readonly closings: (() => Promise<unknown>)[] = [];

  /** Waits until it is open, and from then on sees to it that it is closed. */
  async keep<T>(opening: Promise<T>, close: (open: T) => Promise<unknown>): Promise<T> {
    const open = await opening;
    this.closings.push(() => close(open));
    return open;
  }

  /** Closes everything, also when something on the way does not close. Throws the first failure after that. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.closings.splice(0).toReversed()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
