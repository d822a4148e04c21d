import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { StoreUnavailable, type Answer } from '#event-store/ask';
import type { AnyDecider } from '#kernel/decider';
import type { Instant } from '#kernel/time';
import { RebuildNeeded } from '#projection/errors';
import { lostLog } from '#projection/log-watch';
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
/** While one batch is being claimed or written down, the log works on the other. */
const LANES = 2;
/** How long a store that does not answer is left alone; no attempt of the deadline's own is spent on it. */
const STORE_RETRY_MS = 1_000;

/**
 * Wakes aggregates whose deadlines are due. It only asks: the decider decides, and a deadline that was settled
 * meanwhile is answered by nothing. Any number of workers may run; killed at any instant, they lose and repeat nothing.
 */
export class TimerWorker {
  private readonly batch: number;

  constructor(private readonly options: TimerWorkerOptions) {
    this.batch = options.batch ?? 256;
  }

  /**
   * Works until told to stop, and waits only when nothing is due. Throws what the database throws, and RebuildNeeded when
   * the deadlines come from a log that is no longer there.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { dataSource, idleMs = 500 } = this.options;
    while (!signal.aborted) {
      await this.beat();
      if ((await this.drain(signal)) > 0) continue;
      await sweep(dataSource);
      await pause(idleMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Takes up what is due, batch by batch while they are full; answers how much that was. */
  async drain(signal?: AbortSignal): Promise<number> {
    let count = await this.drainOnce();
    if (count < this.batch) return count;
    let broken = false;
    const lane = async (): Promise<void> => {
      try {
        for (let taken = this.batch; taken === this.batch && !broken && !signal?.aborted; count += taken) {
          // It may take minutes, and this worker is alive all the while.
          await this.beat();
          taken = await this.drainOnce();
        }
      } catch (error) {
        broken = true;
        throw error;
      }
    };
    const lanes = Array.from({ length: LANES }, lane);
    // Whoever is told of an error may begin again: nothing of this drain is to go on then.
    await Promise.allSettled(lanes);
    await Promise.all(lanes);
    return count;
  }

  /** Takes up one batch of what is due; answers how much that was. */
  async drainOnce(): Promise<number> {
    const { dataSource, dueBy, leaseMs = 30_000, log } = this.options;
    const claims = await claimDue(dataSource, dueBy(), this.batch, leaseMs);
    if (claims.length === 0) return 0;
    const asked = groupByStream(claims.filter(({ disagrees }) => !disagrees));
    const fired = await Promise.all(asked.map((ofStream) => this.fire(ofStream)));
    const disagreeing = claims.filter(({ disagrees }) => disagrees);
    const settled = [...disagreeing.map((claim) => [claim, disagreement] as const), ...fired.flat()];
    for (const [{ stream, command, generation }, outcome] of settled) {
      if (outcome.is === 'answered') continue;
      const { is, cause } = outcome;
      log.warn({ stream, command, generation, cause }, `a timer has ${is}`);
    }
    await settleClaims(dataSource, settled);
    return claims.length;
  }

  /** Wakes one aggregate for all of its due deadlines: it settles them in due order by itself. */
  private async fire(claims: readonly [Claim, ...Claim[]]): Promise<(readonly [Claim, Outcome])[]> {
    const [{ category, aggregateId }] = claims;
    const decider = this.options.deciders.get(category);
    if (!decider)
      return claims.map((claim) => [claim, { is: 'parked', cause: `no decider for ${category}` }]);
    const latest = claims.reduce((last, { dueAt }) => (dueAt > last ? dueAt : last), claims[0].dueAt);
    try {
      const { position } = await this.options.wake(decider, aggregateId, latest);
      return claims.map((claim) => [claim, { is: 'answered', position }]);
    } catch (error) {
      return claims.map((claim) => [claim, failure(claim, error)]);
    }
  }

  /** @throws RebuildNeeded when there is nothing to be alive for */
  private async beat(): Promise<void> {
    const { dataSource, worker } = this.options;
    if (await lostLog(dataSource.manager))
      throw new RebuildNeeded('the log that the deadlines come from was restored or replaced');
    await dataSource.query(
      `INSERT INTO views.timer_workers (worker, heartbeat_at) VALUES ($1, now())
       ON CONFLICT (worker) DO UPDATE SET heartbeat_at = now()`,
      [worker],
    );
  }
}

const disagreement: Outcome = {
  is: 'parked',
  cause: 'the decider has nothing due here, and the table says otherwise',
};

function failure({ attempts }: Claim, error: unknown): Outcome {
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof StoreUnavailable)
    return { is: 'failed', cause, retryMs: STORE_RETRY_MS, counts: false };
  if (attempts + 1 >= ATTEMPTS_MAX) return { is: 'parked', cause };
  return { is: 'failed', cause, retryMs: 1_000 * 2 ** attempts, counts: true };
}

function groupByStream(claims: readonly Claim[]): [Claim, ...Claim[]][] {
  const groups = new Map<string, [Claim, ...Claim[]]>();
  for (const claim of claims) {
    const group = groups.get(claim.stream);
    if (group) group.push(claim);
    else groups.set(claim.stream, [claim]);
  }
  return [...groups.values()];
}
