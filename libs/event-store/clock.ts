import { instantOfEpochMs, type Instant } from '#kernel/time';

/** The business clock: what facts are dated by and due-ness is judged by. Leases, tokens and time-outs use real time. */
export interface Clock {
  now(): Instant;
}

/** Real time that never runs backwards: where the system's clock is set back, it stands still until it is passed again. */
class SystemClock implements Clock {
  private latestMs = 0;

  now(): Instant {
    this.latestMs = Math.max(this.latestMs, Date.now());
    return instantOfEpochMs(this.latestMs);
  }
}

export const systemClock: Clock = new SystemClock();

/** A clock that stands still until it is moved, and moves only forwards. It follows the log that it belongs to. */
export class SimulatedClock implements Clock {
  constructor(private instant: Instant) {}

  now(): Instant {
    return this.instant;
  }

  moveTo(instant: Instant): void {
    if (instant > this.instant) this.instant = instant;
  }
}
