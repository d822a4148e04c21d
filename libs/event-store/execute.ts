import type { AnyDecider } from '#kernel/decider';
import { streamOf } from '#kernel/recorded';
import { Refusal } from '#kernel/refusal';
import type { Instant } from '#kernel/time';
import { Aggregate } from './aggregate.js';
import { Aggregates } from './aggregates.js';
import { KeyReused, RevisionConflict, type Answer, type Cause } from './ask.js';
import type { Clock } from './clock.js';
import type { Catalogue } from './decode.js';
import { Decision, type Command } from './decision.js';
import { ForeignStreams, type Foreign } from './foreign.js';
import { defaultLimits, LimitExceeded, type Limits } from './limits.js';
import type { Prepared } from './prepared.js';
import type { EventStore } from './store.js';
import { Turns } from './turns.js';

const ATTEMPTS_MAX = 3;

/** One command put to one aggregate. */
export interface Ask {
  readonly decider: AnyDecider;
  readonly id: string;
  readonly command: Command;
  readonly cause: Cause;
  /** The revision that the caller has seen and insists on (If-Match). */
  readonly expectedRevision?: bigint | undefined;
  /** The id was made for this very command: there is a stream only if it is a repeat, which the append will tell. */
  readonly creates?: boolean | undefined;
}

/** What considering a command came to, before anything is written. */
type Outcome =
  | { readonly is: 'repeat'; readonly answer: Answer }
  | { readonly is: 'no'; readonly error: Error }
  | { readonly is: 'nothing' }
  /** `some` of what is due, and nothing else yet: more is to be considered once these are stored. */
  | { readonly is: 'events'; readonly prepared: readonly Prepared[]; readonly settled: 'all' | 'some' };

/** Who is told what the executor does, for its metrics. */
export interface ExecutionObserver {
  answered(command: string, outcome: 'done' | 'nothing' | 'repeat' | 'no' | 'failed'): void;
  conflicted(): void;
  appended(prepared: readonly Prepared[], revision: bigint): void;
}

type Considering = (aggregate: Aggregate, foreign: Foreign, pinned: bigint | undefined) => Outcome;

/** The way of every command: load, fold, settle what is due, decide, append at the revision read. */
export class Executor {
  /** Commands that are being decided or wait for their turn. */
  inFlight = 0;
  readonly aggregates: Aggregates;
  private readonly foreignStreams: ForeignStreams;
  private readonly turns = new Turns();
  private observer: ExecutionObserver | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    catalogue: Catalogue,
    private readonly limits: Limits = defaultLimits,
  ) {
    this.foreignStreams = new ForeignStreams(store, catalogue);
    this.aggregates = new Aggregates(store, catalogue, limits.cacheBytesMax);
  }

  observe(observer: ExecutionObserver): void {
    this.observer = observer;
  }

  /**
   * @throws Refusal when the rules say no
   * @throws RevisionConflict when others kept writing first, or the pinned revision is not the stream's
   * @throws KeyReused when the same command id came with another request before
   * @throws LimitExceeded when what follows is more than this system stores
   * @throws StoreUnavailable when the outcome is unknown: the same command may be sent again
   */
  async execute(ask: Ask): Promise<Answer> {
    const considering: Considering = (aggregate, foreign, pinned) =>
      this.considerAsk(aggregate, { ...ask, expectedRevision: pinned }, foreign);
    const { type } = ask.command;
    try {
      const answer = await this.inTurn(ask.decider, ask.id, considering, ask);
      this.observer?.answered(
        type,
        answer.repeated ? 'repeat' : answer.events.length > 0 ? 'done' : 'nothing',
      );
      return answer;
    } catch (error) {
      this.observer?.answered(type, isNo(error) ? 'no' : 'failed');
      throw error;
    }
  }

  /**
   * Settles what has fallen due by `dueAt` in an aggregate that nobody else touches. Asked twice, it does nothing.
   * Due-ness was judged by the asker's clock, which may be a little ahead of this one.
   */
  wake(decider: AnyDecider, id: string, dueAt: Instant): Promise<Answer> {
    return this.inTurn(decider, id, (aggregate, foreign) => {
      const now = this.clock.now();
      const decision = new Decision(aggregate, now > dueAt ? now : dueAt, foreign, this.limits);
      return outcomeOf(decision, decision.settle());
    });
  }

  /** Forgets everything that can be read again. */
  forget(): void {
    this.aggregates.forgetAll();
    this.foreignStreams.forgetAll();
  }

  private inTurn(decider: AnyDecider, id: string, considering: Considering, ask?: Ask): Promise<Answer> {
    const stream = streamOf(decider.events.category, id);
    return this.counted(stream, async () => {
      const foreign = await this.foreignFor(ask);
      let pinned = ask?.expectedRevision;
      for (let conflicts = 0; ;) {
        const isNew = conflicts === 0 && ask?.creates === true;
        const [aggregate, outcome] = await this.consider(decider, id, isNew, (known) =>
          considering(known, foreign, pinned),
        );
        if (outcome.is !== 'events') {
          // What was remembered counts only as long as the log holds it.
          await this.store.guard.sure();
          return answerOf(aggregate, outcome);
        }
        try {
          await this.append(aggregate, outcome.prepared);
        } catch (error) {
          this.aggregates.forget(stream);
          if (!(error instanceof RevisionConflict)) throw error;
          this.observer?.conflicted();
          if (++conflicts === ATTEMPTS_MAX) throw error;
          continue;
        }
        if (outcome.settled === 'all') return firstAnswer(aggregate, ask);
        pinned = undefined; // It was the stream's, until this very command began to settle what was due.
      }
    });
  }

  private async counted<T>(stream: string, work: () => Promise<T>): Promise<T> {
    this.inFlight += 1;
    try {
      return await this.turns.take(stream, work);
    } finally {
      this.inFlight -= 1;
    }
  }

  /** A "no" or "nothing to do" may rest on a state that others have moved on: it is decided again on a fresh read. */
  private async consider(
    decider: AnyDecider,
    id: string,
    isNew: boolean,
    considering: (aggregate: Aggregate) => Outcome,
  ): Promise<[Aggregate, Outcome]> {
    const unread = this.aggregates.recall(decider, id) ?? (isNew ? new Aggregate(decider, id) : undefined);
    const aggregate = unread ?? (await this.aggregates.catchUp(new Aggregate(decider, id)));
    const outcome = considering(aggregate);
    if (!unread || outcome.is === 'events' || outcome.is === 'repeat') return [aggregate, outcome];
    await this.aggregates.catchUp(aggregate);
    return [aggregate, considering(aggregate)];
  }

  private considerAsk(aggregate: Aggregate, ask: Ask, foreign: Foreign): Outcome {
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
      const decision = new Decision(aggregate, this.clock.now(), foreign, this.limits);
      const settled = decision.settle();
      if (settled === 'all') decision.ask(command, cause);
      return outcomeOf(decision, settled);
    } catch (error) {
      if (error instanceof Refusal || error instanceof LimitExceeded) return { is: 'no', error };
      throw error;
    }
  }

  private async append(aggregate: Aggregate, prepared: readonly Prepared[]): Promise<void> {
    const { decider, id } = aggregate;
    const { category } = decider.events;
    const stream = streamOf(category, id);
    const position = await this.store.append(
      stream,
      aggregate.revision,
      prepared.map(({ stored }) => stored),
    );
    for (const event of prepared) {
      const revision = aggregate.revision + 1n;
      // Only the last event's own position is known, and only the last one's is ever asked for.
      aggregate.append({ ...event, category, id, stream, revision, position });
    }
    this.aggregates.keep(stream, aggregate);
    this.observer?.appended(prepared, aggregate.revision);
  }

  private foreignFor(ask: Ask | undefined): Promise<Foreign> {
    const needs = ask?.decider.needs?.[ask.command.type]?.(ask.command.data as never) ?? [];
    return this.foreignStreams.fold(needs);
  }
}

/** What the caller is told, as opposed to what went wrong here. */
const isNo = (error: unknown): boolean =>
  [Refusal, RevisionConflict, KeyReused, LimitExceeded].some((kind) => error instanceof kind);

const outcomeOf = ({ prepared }: Decision, settled: 'all' | 'some'): Outcome =>
  prepared.length > 0 ? { is: 'events', prepared, settled } : { is: 'nothing' };

function answerOf(aggregate: Aggregate, outcome: Exclude<Outcome, { is: 'events' }>): Answer {
  if (outcome.is === 'no') throw outcome.error;
  return outcome.is === 'repeat' ? outcome.answer : emptyAnswer(aggregate);
}

/** The same answer that a repeat will get: it is read off the aggregate that the events were just folded into. */
function firstAnswer(aggregate: Aggregate, ask: Ask | undefined): Answer {
  const answered = ask && aggregate.answerTo(ask.cause.commandId);
  return answered ? { ...answered.answer, repeated: false } : emptyAnswer(aggregate);
}

function emptyAnswer({ id, revision, position, eventId }: Aggregate): Answer {
  return { id, revision, ...(revision >= 0n && { position, eventId }), events: [], repeated: false };
}
