import type { JSONEventType } from '@eventstore/db-client';
import type { Instant } from '#kernel/time';
import type { SimulatedClock } from './clock.js';
import { logStream } from './log.js';
import { logEvents } from './log-events.js';
import type { EventStore } from './store.js';

/** Lets a process' clock follow the log's, from wherever it stands, until the returned function is called. */
export function followClock(store: EventStore, clock: SimulatedClock, from: Instant): () => Promise<void> {
  clock.moveTo(from);
  let stopped = false;
  let unsubscribe = async () => {};
  const subscribe = () => {
    if (stopped) return;
    const subscription = store.client.subscribeToStream<JSONEventType>(logStream);
    unsubscribe = () => subscription.unsubscribe();
    const again = () => {
      unsubscribe = async () => {};
      subscription.removeAllListeners().on('error', () => undefined);
      subscription.destroy();
      setTimeout(subscribe, 200).unref();
    };
    subscription.on('error', again);
    subscription.on('end', again);
    subscription.on('close', again);
    subscription.on('data', ({ event }) => {
      if (event?.type === 'ClockAdvanced') clock.moveTo(logEvents.shapes.ClockAdvanced.parse(event.data).to);
    });
  };
  subscribe();
  return async () => {
    stopped = true;
    await unsubscribe().catch(() => undefined);
  };
}
