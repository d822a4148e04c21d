import type { AnyHistory, Need } from '#kernel/decider';
import { streamOf } from '#kernel/recorded';
import { evolveAny } from './aggregate.js';
import { decode, type Catalogue } from './decode.js';
import type { Foreign } from './decision.js';
import type { EventStore } from './store.js';

/** Folds a stream that somebody else decides about, read-only. Revision -1: it has no events. */
export async function foldStream<S>(
  store: EventStore,
  catalogue: Catalogue,
  history: AnyHistory & { readonly initial: S },
  id: string,
): Promise<{ state: S; revision: bigint }> {
  let state = history.initial;
  let revision = -1n;
  for await (const raw of store.readStream(streamOf(history.events.category, id))) {
    // A history's own fold yields its own state, which its forgotten types cannot say.
    state = evolveAny(history, state, decode(catalogue, raw)) as S;
    revision = raw.revision;
  }
  return { state, revision };
}

/** Folds the foreign streams that a rule needs, and notes at which revision each was. */
export async function foldForeign(
  needs: readonly Need[],
  store: EventStore,
  catalogue: Catalogue,
): Promise<Foreign> {
  const states = new Map<string, unknown>();
  const basis: { stream: string; revision: string }[] = [];
  for (const { history, id } of needs) {
    const stream = streamOf(history.events.category, id);
    const { state, revision } = await foldStream(store, catalogue, history, id);
    states.set(stream, state);
    basis.push({ stream, revision: String(revision) });
  }
  return {
    basis,
    stateOf(history: AnyHistory, id: string) {
      const stream = streamOf(history.events.category, id);
      if (!states.has(stream)) throw new Error(`the rule did not declare that it needs ${stream}`);
      return states.get(stream);
    },
  };
}
