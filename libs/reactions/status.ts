import type { Parked } from './reaction-events.js';

export type ReactorState =
  /** Reading how the reaction stands. */
  | 'starting'
  /** Another process works. */
  | 'standing-by'
  | 'catching-up'
  | 'live'
  /** The log failed; it is tried again shortly. */
  | 'retrying'
  /** For good: asked to, or `failure` says why. */
  | 'stopped';

export interface ReactorStatus {
  readonly name: string;
  readonly state: ReactorState;
  /** Everything up to here is done, refused or parked. */
  readonly position: bigint | undefined;
  /** How long the oldest event has waited that something still has to follow from; 0 when there is none. Undefined: another process knows. */
  readonly lagMs: number | undefined;
  readonly parked: readonly Parked[];
  /** What it last had to try again after. */
  readonly lastError: Error | undefined;
  /** What stopped it: says by its type and message which reaction, position and event. */
  readonly failure: Error | undefined;
}
