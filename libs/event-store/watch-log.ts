import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { END } from '@eventstore/db-client';
import { logStream } from './log.js';
import type { EventStore } from './store.js';

const RETRY_MS = 200;

/**
 * Keeps a line open that breaks when the server goes away, and doubts the log whenever it does: without one, a process that
 * is idle would not see that the store was exchanged. A proxy may keep up a connection whose server is another one, hence
 * `everyMs`. Ends when the returned function is called, or the log is found to be replaced.
 */
export function watchLog(store: EventStore, everyMs = 30_000): () => Promise<void> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, store.guard.signal]);
  const watching = watch(store, everyMs, signal);
  return async () => {
    stopping.abort();
    await watching;
  };
}

async function watch(store: EventStore, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // In doubt from before the old line is closed until the new one is open, so that nothing can happen between the two.
    store.guard.suspect();
    const line = store.client.subscribeToStream(logStream, { fromRevision: END });
    const broken = new AbortController();
    const breaks = () => {
      store.guard.suspect();
      broken.abort();
    };
    for (const event of ['error', 'end', 'close'] as const) line.on(event, breaks);
    line.resume();
    try {
      const ended = AbortSignal.any([signal, broken.signal]);
      await once(line, 'confirmation', { signal: AbortSignal.any([ended, AbortSignal.timeout(everyMs)]) });
      await store.guard.sure();
      await pause(everyMs, undefined, { signal: ended });
    } catch {
      // Whatever was wrong shows when it is tried again.
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    store.guard.suspect();
    await line.unsubscribe().catch(() => undefined);
    line.destroy();
  }
}
