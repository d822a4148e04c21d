import { epochMsOf } from '#kernel/time';
import type { FoldedBatch, Mark, Progress } from './engine.js';
import type { ParkedKeys } from './parking.js';
import type { Projection } from './projection.js';
import { RebuildProgress } from './rebuild/progress.js';
import type { RunnerState, RunnerStatus } from './status.js';

/** What has been committed so far, for whoever asks. */
export class StatusBoard {
  readonly rebuild: RebuildProgress;
  private state: RunnerState = 'starting';
  private read: Mark | undefined;
  private lastError: Error | undefined;
  private failure: Error | undefined;
  /** When each batch came that has not been committed yet, the oldest first. */
  private arrivalsMs: number[] = [];
  private readonly positions = new Map<string, bigint | undefined>();
  private readonly parkedBy = new Map<string, RunnerStatus['projections'][number]['parked']>();
  private readonly failures = new Map<string, Error>();

  constructor(private readonly projections: readonly Projection[]) {
    this.rebuild = new RebuildProgress(projections.map(({ name }) => name));
  }

  to(state: RunnerState): void {
    this.state = state;
  }

  began(read: Mark, progress: readonly Progress[]): void {
    this.state = 'catching-up';
    this.read = read;
    this.arrivalsMs = [];
    this.failures.clear();
    this.positions.clear();
    for (const { shape, position } of progress) this.positions.set(shape.projection.name, position);
  }

  received(arrivedAtMs: number): void {
    this.arrivalsMs.push(arrivedAtMs);
  }

  parked(projection: string, keys: ParkedKeys): void {
    const events = [...keys.values()].reduce((sum, each) => sum + each, 0);
    this.parkedBy.set(projection, { keys: keys.size, events });
  }

  committed({ to, moves, live, parkings, stops }: FoldedBatch): void {
    this.arrivalsMs.shift();
    this.state = live ? 'live' : 'catching-up';
    this.read = to;
    for (const { shape } of moves) this.positions.set(shape.projection.name, to.position);
    for (const { shape, keys } of parkings) this.parked(shape.projection.name, keys);
    for (const error of stops) this.failures.set(error.projection, error);
  }

  /** The log holds nothing new. */
  live(): void {
    this.state = 'live';
  }

  retrying(error: Error): void {
    this.state = 'retrying';
    this.lastError = error;
  }

  stopped(failure: Error | undefined): void {
    this.state = 'stopped';
    this.failure = failure;
  }

  status(): RunnerStatus {
    const { state, lastError, failure } = this;
    const eventAt = this.read?.eventAt;
    return {
      state,
      position: this.read?.position,
      eventAt,
      lagMs: this.lagMs(),
      projections: this.projections.map(({ name, version }) => ({
        name,
        version,
        position: this.positions.get(name),
        state: this.stateOf(name),
        parked: this.parkedBy.get(name) ?? { keys: 0, events: 0 },
        failure: this.failures.get(name),
      })),
      rebuild: this.rebuild.status(),
      rebuildFailure: this.rebuild.failure,
      lastError,
      failure,
    };
  }

  private stateOf(name: string): RunnerStatus['projections'][number]['state'] {
    if (this.failures.has(name)) return 'stopped';
    if (this.rebuild.pending.has(name)) return 'building';
    return this.state === 'live' ? 'live' : 'behind';
  }

  /** Live, it is how long the oldest batch has been waiting for its commit: a write that hangs shows. */
  private lagMs(): number | undefined {
    const now = Date.now();
    const waitingMs = now - (this.arrivalsMs[0] ?? now);
    if (this.state === 'live') return waitingMs;
    const eventAt = this.read?.eventAt;
    return eventAt && Math.max(waitingMs, now - epochMsOf(eventAt));
  }
}
