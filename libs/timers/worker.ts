import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { StoreUnavailable, type Answer } from '#event-store/ask';
import type { AnyDecider } from '#kernel/decider';
import type { Instant } from '#kernel/time';
import { claimDue, settleClaims, sweep, type Claim, type DueBy, type Outcome } from './claim.js';

export interface TimerWorkerOptions {
  readonly dataSource: DataSource;
  readonly deciders: ReadonlyMap<string, AnyDecider>;
  /** Settles what is due in an aggregate: the executor's `wake`. */
  readonly wake: (decider: AnyDecider, id: string, dueAt: Instant) => Promise<Answer>;
  /** The instant by which to judge due-ness; undefined for the database's clock. */
  readonly dueBy: () => DueBy;
  readonly worker: string;
  readonly log: { warn(fields: object, message: string): void };
  /** How many deadlines are taken up at once. */
  readonly batch?: number;
  readonly leaseMs?: number;
  readonly idleMs?: number;
}

const ATTEMPTS_MAX = 5;
const RETRY_MAX_MS = 300_000;
/** How long a store that does not answer is left alone; no attempt of the deadline's own is spent on it. */
const STORE_RETRY_MS = 1_000;

/**
 * Wakes aggregates whose deadlines are due. It only asks: the decider decides, and a deadline that was settled
 * meanwhile is answered by nothing. Any number of workers may run; killed at any instant, they lose and repeat nothing.
 */
export class TimerWorker {
  constructor(private readonly options: TimerWorkerOptions) {}

  /** Works until told to stop. It waits only when nothing is due. */
  async run(signal: AbortSignal): Promise<void> {
    const { dataSource, idleMs = 500, log } = this.options;
    while (!signal.aborted) {
      try {
        await this.beat();
        if ((await this.drainOnce()) > 0) continue;
        await sweep(dataSource);
      } catch (error) {
        log.warn({ error: String(error) }, 'the timer worker could not work and tries again');
      }
      await pause(idleMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Takes up one batch of what is due; answers how much that was. */
  async drainOnce(): Promise<number> {
    const { dataSource, dueBy, batch = 256, leaseMs = 30_000 } = this.options;
    const claims = await claimDue(dataSource, dueBy(), batch, leaseMs);
    if (claims.length === 0) return 0;
    const outcomes = await Promise.all(groupByStream(claims).map((ofStream) => this.fire(ofStream)));
    await settleClaims(dataSource, outcomes.flat());
    return claims.length;
  }

  /** Wakes one aggregate for all of its due deadlines: it settles them in due order by itself. */
  private async fire(claims: readonly Claim[]): Promise<(readonly [Claim, Outcome])[]> {
    const outcome = await this.ask(claims);
    for (const { stream, command, generation } of claims) {
      if (outcome.is === 'answered') continue;
      this.options.log.warn(
        { stream, command, generation, cause: outcome.cause },
        `a timer has ${outcome.is}`,
      );
    }
    return claims.map((claim) => [claim, outcome] as const);
  }

  private async ask(claims: readonly Claim[]): Promise<Outcome> {
    const [{ category, aggregateId, attempts, disagrees } = impossible()] = claims;
    const decider = this.options.deciders.get(category);
    if (!decider) return { is: 'parked', cause: `no decider for ${category}` };
    if (disagrees)
      return { is: 'parked', cause: 'the decider has nothing due here, and the table says otherwise' };
    const latest = claims.reduce(
      (last, { dueAt }) => (dueAt > last ? dueAt : last),
      claims[0]?.dueAt ?? impossible(),
    );
    try {
      const { position } = await this.options.wake(decider, aggregateId, latest);
      return { is: 'answered', position };
    } catch (error) {
      const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      if (error instanceof StoreUnavailable)
        return { is: 'failed', cause, retryMs: STORE_RETRY_MS, counts: false };
      if (attempts + 1 >= ATTEMPTS_MAX) return { is: 'parked', cause };
      return { is: 'failed', cause, retryMs: Math.min(1_000 * 2 ** attempts, RETRY_MAX_MS), counts: true };
    }
  }

  private async beat(): Promise<void> {
    await this.options.dataSource.query(
      `INSERT INTO views.timer_workers (worker, heartbeat_at) VALUES ($1, now())
       ON CONFLICT (worker) DO UPDATE SET heartbeat_at = now()`,
      [this.options.worker],
    );
  }
}

function groupByStream(claims: readonly Claim[]): Claim[][] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const group = groups.get(claim.stream);
    if (group) group.push(claim);
    else groups.set(claim.stream, [claim]);
  }
  return [...groups.values()];
}

function impossible(): never {
  throw new Error('a stream without claims was grouped');
}
