import type { Engine } from '#event-store/engine';
import type { Log } from '#projection/status';
import type { TargetList, Targets } from './fan-out.js';

export interface FanOutOptions {
  readonly engine: Pick<Engine, 'store' | 'executor' | 'catalogue'>;
  readonly targetsOf: (list: TargetList) => Targets;
  readonly log: Log;
  /** How many targets a page has, and how many are asked at a time. */
  readonly pageSize?: number;
  readonly inFlightMax?: number;
}
