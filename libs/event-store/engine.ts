import type { AnyDecider } from '#kernel/decider';
import type { EventTable } from '#kernel/message';
import type { Instant } from '#kernel/time';
import type { Cause } from './ask.js';
import { SimulatedClock, systemClock, type Clock } from './clock.js';
import { catalogueOf, type Catalogue } from './decode.js';
import { Executor } from './execute.js';
import { foldStream } from './fold-stream.js';
import type { Limits } from './limits.js';
import { advanceClock, log, LOG_ID, startLog, type LogState } from './log.js';
import { logEvents } from './log-events.js';
import type { LogSource } from './source.js';
import { EventStore } from './store.js';
import { followClock } from './follow-clock.js';
import { followLog } from './subscription.js';

export interface EngineSettings {
  readonly eventStoreUrl: string;
  /** The event tables that this process knows. One that is missing here stops whoever meets it. */
  readonly events: readonly EventTable[];
  /** The instant at which a new simulated log starts. Absent: real time, and a simulated log is refused. */
  readonly simulatedFrom?: Instant | undefined;
  readonly limits?: Limits;
}

/** One process' way into one log: the store, the clock that the log is dated by, and the executor of commands. */
export interface Engine {
  readonly store: EventStore;
  readonly logId: string;
  readonly simulated: boolean;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly catalogue: Catalogue;
  readonly source: LogSource;
  /** Moves a simulated log's clock forwards, and this process' with it; others follow the log. */
  moveClock(to: Instant, cause: Cause): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the log, and gives it its identity when it is new.
 * @throws Error when the log's clock is simulated and this process runs on real time, or the other way round
 */
export async function openEngine(settings: EngineSettings): Promise<Engine> {
  const store = new EventStore(settings.eventStoreUrl);
  const catalogue = catalogueOf([logEvents, ...settings.events]);
  const { simulatedFrom } = settings;
  const clock = simulatedFrom === undefined ? systemClock : new SimulatedClock(simulatedFrom);
  const executor = new Executor(store, clock, catalogue, settings.limits);
  try {
    let { state } = await foldStream(store, catalogue, log, LOG_ID);
    if (!state) {
      await startLog(executor, simulatedFrom, clock.now());
      ({ state } = await foldStream(store, catalogue, log, LOG_ID));
    }
    if (!state) throw new Error('the log has no identity although it was given one');
    refuseForeignClock(state, simulatedFrom);
    const stopClock = clock instanceof SimulatedClock ? followClock(store, clock, state.clockAt) : undefined;
    const close = async () => {
      await stopClock?.();
      await store.close();
    };
    const moveClock = async (to: Instant, cause: Cause) => {
      await advanceClock(executor, to, cause);
      if (clock instanceof SimulatedClock) clock.moveTo(to);
    };
    const { logId, simulated } = state;
    return {
      store,
      logId,
      simulated,
      clock,
      executor,
      catalogue,
      source: followLog(store),
      moveClock,
      close,
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function refuseForeignClock(state: NonNullable<LogState>, simulatedFrom: Instant | undefined): void {
  if (state.simulated && simulatedFrom === undefined)
    throw new Error('this log was written on a simulated clock: it cannot be continued in real time');
  if (!state.simulated && simulatedFrom !== undefined)
    throw new Error('this log was written in real time: it cannot be continued on a simulated clock');
}

/** Every decider of a process, by category. */
export const byCategory = (deciders: readonly AnyDecider[]): ReadonlyMap<string, AnyDecider> =>
  new Map(deciders.map((decider) => [decider.events.category, decider]));
