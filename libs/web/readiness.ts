import { setTimeout as pause } from 'node:timers/promises';

/** How one thing that the app needs is doing. The detail is public: no addresses, no data. */
export interface Health {
  readonly ok: boolean;
  readonly detail: string;
}
const ANSWER_MS = 2_000;

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
  const late = new AbortController();
  const silence = pause(ANSWER_MS, { ok: false, detail: 'no answer' }, late);
  try {
    // Whoever asks about health gives up long before a store that has fallen silent does.
    return await Promise.race([check(), silence]);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.name : 'failed' };
  } finally {
    late.abort();
    await silence.catch(() => undefined);
  }
}
