import type { AnyHistory } from '#kernel/decider';
import { streamOf } from '#kernel/recorded';
import { evolveAny } from './aggregate.js';
import { decode, type Catalogue } from './decode.js';
import type { EventStore } from './store.js';

/** A history as far as it was read. Revision -1: it has no events. */
export interface Folded<S> {
  readonly state: S;
  readonly revision: bigint;
}

/** Folds a stream that somebody else decides about, read-only. */
export function foldStream<S>(
  store: EventStore,
  catalogue: Catalogue,
  history: AnyHistory & { readonly initial: S },
  id: string,
): Promise<Folded<S>> {
  return foldOn(store, catalogue, history, id, { state: history.initial, revision: -1n });
}

/** Folds what has come since. */
export async function foldOn<S>(
  store: EventStore,
  catalogue: Catalogue,
  history: AnyHistory,
  id: string,
  before: Folded<S>,
): Promise<Folded<S>> {
  let { state, revision } = before;
  for await (const raw of store.readStream(streamOf(history.events.category, id), revision + 1n)) {
    // A history's own fold yields its own state, which its forgotten types cannot say.
    state = evolveAny(history, state, decode(catalogue, raw)) as S;
    revision = raw.revision;
  }
  return { state, revision };
}
