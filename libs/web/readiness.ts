/** How one thing that the app needs is doing. The detail is public: no addresses, no data. */
export interface Health {
  readonly ok: boolean;
  readonly detail: string;
}
export type Check = () => Health | Promise<Health>;

/** What must be well before the app may be sent work. Whoever provides a part adds its check. */
export class Readiness {
  private readonly checks = new Map<string, Check>();

  /** Throws when the name is taken: the check before it would be lost without a word. */
  add(name: string, check: Check): void {
    if (this.checks.has(name)) throw new Error(`there are two checks of readiness named ${name}`);
    this.checks.set(name, check);
  }

  /** All checks at once; one that throws counts as not well. */
  async report(): Promise<{ ready: boolean; checks: ({ name: string } & Health)[] }> {
    const checks = await Promise.all(
      [...this.checks].map(async ([name, check]) => ({ name, ...(await answerOf(check)) })),
    );
    return { ready: checks.every(({ ok }) => ok), checks };
  }
}

async function answerOf(check: Check): Promise<Health> {
  try {
    return await check();
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.name : 'failed' };
  }
}
