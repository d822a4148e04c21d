import { LRUCache } from 'lru-cache';
import type { AnyDecider, AnyHistory, Need } from '#kernel/decider';
import { streamOf } from '#kernel/recorded';
import { Refusal } from '#kernel/refusal';
import type { Instant } from '#kernel/time';
import { Aggregate, evolveAny } from './aggregate.js';
import { KeyReused, RevisionConflict, type Answer, type Cause } from './ask.js';
import type { Clock } from './clock.js';
import { decode, type Catalogue } from './decode.js';
import { Decision, newEvent, type Command, type Foreign, type Prepared } from './decision.js';
import type { EventStore } from './store.js';
import { Turns } from './turns.js';

const ATTEMPTS_MAX = 3;
const AGGREGATES_CACHED_MAX = 10_000;

/** One command put to one aggregate. */
export interface Ask {
  readonly decider: AnyDecider;
  readonly id: string;
  readonly command: Command;
  readonly cause: Cause;
  /** The revision that the caller has seen and insists on (If-Match). */
  readonly expectedRevision?: bigint | undefined;
}

/** What considering a command came to, before anything is written. */
type Outcome =
  | { readonly is: 'repeat'; readonly answer: Answer }
  | { readonly is: 'no'; readonly error: Error }
  | { readonly is: 'nothing' }
  | { readonly is: 'events'; readonly prepared: readonly Prepared[] };

/** The way of every command: load, fold, settle what is due, decide, append at the revision read. */
export class Executor {
  private readonly cache = new LRUCache<string, Aggregate>({ max: AGGREGATES_CACHED_MAX });
  private readonly turns = new Turns();

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly catalogue: Catalogue,
  ) {}

  /**
   * @throws Refusal when the rules say no
   * @throws RevisionConflict when others kept writing first, or the pinned revision is not the stream's
   * @throws KeyReused when the same command id came with another request before
   * @throws StoreUnavailable when the outcome is unknown: the same command may be sent again
   */
  execute(ask: Ask): Promise<Answer> {
    const { decider, id } = ask;
    return this.inTurn(
      decider,
      id,
      (aggregate, foreign) => consider(aggregate, ask, this.clock, foreign),
      ask,
    );
  }

  /**
   * Settles what has fallen due by `dueAt` in an aggregate that nobody else touches. Asked twice, it does nothing.
   * Due-ness was judged by the asker's clock, which may be a little ahead of this one.
   */
  wake(decider: AnyDecider, id: string, dueAt: Instant): Promise<Answer> {
    return this.inTurn(decider, id, (aggregate, foreign) => {
      const now = this.clock.now();
      const decision = new Decision(aggregate, now > dueAt ? now : dueAt, foreign);
      decision.settle();
      return outcomeOf(decision);
    });
  }

  /** Forgets everything that can be read again. */
  forget(): void {
    this.cache.clear();
  }

  private inTurn(
    decider: AnyDecider,
    id: string,
    considering: (aggregate: Aggregate, foreign: Foreign) => Outcome,
    ask?: Ask,
  ): Promise<Answer> {
    const stream = streamOf(decider.events.category, id);
    return this.turns.take(stream, async () => {
      const foreign = await this.foreignFor(ask);
      for (let attempt = 1; ; attempt++) {
        const cached = this.cache.get(stream);
        const aggregate = cached ?? (await this.catchUp(new Aggregate(decider, id)));
        let outcome = considering(aggregate, foreign);
        // A "no" or "nothing to do" may rest on a state that others have moved on: it is decided again on a fresh read.
        if (cached && (outcome.is === 'no' || outcome.is === 'nothing')) {
          await this.catchUp(aggregate);
          outcome = considering(aggregate, foreign);
        }
        try {
          return await this.conclude(aggregate, outcome, ask?.cause.commandId);
        } catch (error) {
          this.cache.delete(stream);
          if (!(error instanceof RevisionConflict) || error.pinned || attempt === ATTEMPTS_MAX) throw error;
        }
      }
    });
  }

  private async conclude(aggregate: Aggregate, outcome: Outcome, commandId?: string): Promise<Answer> {
    if (outcome.is === 'no') throw outcome.error;
    if (outcome.is === 'repeat') return outcome.answer;
    if (outcome.is === 'events') await this.append(aggregate, outcome.prepared);
    const first = commandId === undefined ? undefined : aggregate.answerTo(commandId)?.answer;
    if (first) return { ...first, repeated: false };
    const { id, revision, position } = aggregate;
    return { id, revision, ...(revision >= 0n && { position }), events: [], repeated: false };
  }

  private async append(aggregate: Aggregate, prepared: readonly Prepared[]): Promise<void> {
    const { decider, id } = aggregate;
    const { category } = decider.events;
    const stream = streamOf(category, id);
    const position = await this.store.append(stream, aggregate.revision, prepared.map(newEvent));
    for (const event of prepared) {
      const revision = aggregate.revision + 1n;
      // Only the last event's own position is known, and only the last one's is ever asked for.
      aggregate.append({ ...event, category, id, stream, revision, position });
    }
    this.cache.set(stream, aggregate);
  }

  private async catchUp(aggregate: Aggregate): Promise<Aggregate> {
    const stream = streamOf(aggregate.decider.events.category, aggregate.id);
    for await (const raw of this.store.readStream(stream, aggregate.revision + 1n)) {
      if (raw.revision !== aggregate.revision + 1n)
        throw new Error(`${stream} has a hole before ${raw.revision}`);
      aggregate.append(decode(this.catalogue, raw));
    }
    if (aggregate.revision >= 0n) this.cache.set(stream, aggregate);
    return aggregate;
  }

  private async foreignFor(ask: Ask | undefined): Promise<Foreign> {
    const needs = ask?.decider.needs?.[ask.command.type]?.(ask.command.data as never) ?? [];
    return foldForeign(needs, this.store, this.catalogue);
  }
}

function consider(aggregate: Aggregate, ask: Ask, clock: Clock, foreign: Foreign): Outcome {
  const { command, cause, expectedRevision } = ask;
  const earlier = aggregate.answerTo(cause.commandId);
  if (earlier) {
    if (earlier.requestHash !== cause.requestHash)
      return { is: 'no', error: new KeyReused('this Idempotency-Key has been used with another request') };
    return { is: 'repeat', answer: earlier.answer };
  }
  if (expectedRevision !== undefined && expectedRevision !== aggregate.revision) {
    const stream = streamOf(aggregate.decider.events.category, aggregate.id);
    return { is: 'no', error: new RevisionConflict(stream, expectedRevision, aggregate.revision, true) };
  }
  try {
    const decision = new Decision(aggregate, clock.now(), foreign);
    decision.settle();
    decision.ask(command, cause);
    return outcomeOf(decision);
  } catch (error) {
    if (error instanceof Refusal) return { is: 'no', error };
    throw error;
  }
}

const outcomeOf = ({ prepared }: Decision): Outcome =>
  prepared.length > 0 ? { is: 'events', prepared } : { is: 'nothing' };

async function foldForeign(
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
