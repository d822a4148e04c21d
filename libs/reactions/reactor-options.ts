import type { Engine } from '#event-store/engine';
import type { Log } from '#projection/status';
import type { Follower } from './effect.js';

export interface ReactorOptions {
  readonly follower: Follower;
  readonly engine: Pick<Engine, 'store' | 'clock' | 'catalogue' | 'source'>;
  readonly log: Log;
  /** How many targets are worked for at a time. */
  readonly inFlightMax?: number;
  /** How many effects wait at most; a target with that many of its own holds up the others. */
  readonly waitingMax?: number;
  /** Progress is written when this many events have been worked off, or when this much time has passed in which any was. */
  readonly advanceEvents?: number;
  readonly advanceMs?: number;
  /** After how long without progress in work that is there another process takes over. */
  readonly takeoverMs?: number;
}

export const ADVANCE_MS = 3_000;
export const TAKEOVER_MS = 10_000;
