import type { AnyHistory, Need } from '#kernel/decider';
import { streamOf } from '#kernel/recorded';
import { evolveAny } from './aggregate.js';
import { decode, type Catalogue } from './decode.js';
import type { Foreign } from './decision.js';
import type { EventStore } from './store.js';

/** Folds the foreign streams that a rule needs, read-only, and notes at which revision each was. */
export async function foldForeign(
  needs: readonly Need[],
  store: EventStore,
  catalogue: Catalogue,
): Promise<Foreign> {
  const states = new Map<string, unknown>();
  const basis: { stream: string; revision: string }[] = [];
  for (const { history, id } of needs) {
    const stream = streamOf(history.events.category, id);
    let state: unknown = history.initial;
    let revision = -1n;
    for await (const raw of store.readStream(stream)) {
      state = evolveAny(history, state, decode(catalogue, raw));
      revision = raw.revision;
    }
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
