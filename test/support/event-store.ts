import { startEventStoreNode } from '#embedded/event-store-node';
import type { Store } from '#embedded/store';

/** An event store of its own for one test file: a real server in a child process that keeps nothing. */
export function freshEventStore(): Promise<Store> {
  return startEventStoreNode({ dataDir: '', ephemeral: true, log: () => undefined });
}
