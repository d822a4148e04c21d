/** How a rebuild is getting on. */
export interface RebuildStatus {
  readonly projections: readonly string[];
  readonly phase: 'loading' | 'indexing' | 'following' | 'swapping';
  /** How many events have been applied, of how many that the live tables had seen at the last look. */
  readonly events: number;
  readonly ofEvents: number;
  readonly eventsPerSecond: number;
  /** What keeps the tables from being swapped in. */
  readonly waitsFor: string | undefined;
}

/** What a rebuild has come to so far, for whoever asks. */
export class RebuildProgress {
  private pass: Omit<RebuildStatus, 'eventsPerSecond'> | undefined;
  private beganAtMs = 0;
  private beganAtEvents = 0;
  /** Projections whose own table is not the live one: before the first look, any may be. */
  pending: ReadonlySet<string>;
  /** What stopped the last one; it is taken up again when something else is wanted, or by a new start. */
  failure: Error | undefined;

  constructor(projections: readonly string[]) {
    this.pending = new Set(projections);
  }

  began(projections: readonly string[], events: number): void {
    this.pass = { projections, phase: 'loading', events, ofEvents: events, waitsFor: undefined };
    this.beganAtMs = performance.now();
    this.beganAtEvents = events;
    this.failure = undefined;
  }

  now(change: Partial<Pick<RebuildStatus, 'phase' | 'ofEvents' | 'waitsFor'>>): void {
    if (this.pass) this.pass = { ...this.pass, ...change };
  }

  applied(events: number): void {
    if (this.pass) this.pass = { ...this.pass, events: this.pass.events + events };
  }

  ended(): void {
    this.pass = undefined;
  }

  status(): RebuildStatus | undefined {
    if (!this.pass) return undefined;
    const { events, ofEvents } = this.pass;
    const seconds = Math.max(0.001, (performance.now() - this.beganAtMs) / 1_000);
    const eventsPerSecond = Math.round((events - this.beganAtEvents) / seconds);
    return { ...this.pass, ofEvents: Math.max(events, ofEvents), eventsPerSecond };
  }
}
