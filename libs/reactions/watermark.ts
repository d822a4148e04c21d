import type { Place } from './reaction-events.js';

/** An event that something follows from, until all of it is over. */
export interface Open {
  left: number;
  /** The last event that was passed before the next one opened: it is over when this one is. */
  through: Place;
  readonly sinceMs: number;
}

/** Up to where everything is over, while targets finish in any order. */
export class Watermark {
  /** Events passed since the last advance was written: those that something followed from, and the others. */
  worked = 0;
  idle = 0;
  private readonly opened: Open[] = [];

  constructor(private done: Place | undefined) {}

  get after(): Place | undefined {
    return this.done;
  }

  get oldest(): Open | undefined {
    return this.opened[0];
  }

  /** Nothing follows from it. `counts` is false for what the reactors themselves write: else they would keep each other busy. */
  pass(place: Place, counts: boolean): void {
    if (counts) this.idle++;
    const last = this.opened.at(-1);
    if (last) last.through = place;
    else this.done = place;
  }

  open(place: Place, left: number): Open {
    const open = { left, through: place, sinceMs: performance.now() };
    this.opened.push(open);
    return open;
  }

  close(open: Open): void {
    if (--open.left > 0) return;
    while (this.opened[0]?.left === 0) {
      this.done = this.opened.shift()?.through;
      this.worked++;
    }
  }

  written(): void {
    this.worked = 0;
    this.idle = 0;
  }
}
