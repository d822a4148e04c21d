import type { Ask } from '#event-store/execute';
import type { Engine } from '#event-store/engine';
import { derivedId } from '#event-store/ids';
import type { CommandTo, Described, Reaction } from '#kernel/reaction';
import { streamOf, type Recorded } from '#kernel/recorded';

/** One thing to be done for one target because of one event: the same whenever the event is met again. */
export interface Effect {
  /** The target's stream. What concerns one target is done in the order of the log. */
  readonly target: string;
  readonly command: string;
  readonly commandId: string;
  /** @throws Refusal when the rules say no, StoreUnavailable when it is to be tried again; anything else parks the target */
  carryOut(permit: Permit): Promise<void>;
}

/** The right to ask for as long as this process works for the reaction. */
export interface Permit {
  readonly signal: AbortSignal;
  /** Makes sure of it, and throws when it is over. */
  confirm(): Promise<void>;
}

/** What a reactor runs: a reaction or a fan-out. */
export interface Follower extends Described {
  readonly categories: ReadonlySet<string>;
  effectsOf(event: Recorded): readonly Effect[];
}

/** A chain of reactions this long is a loop. One that ends by itself earlier, as its rules find nothing left to do, is none. */
const HOPS_MAX = 16;

export function reactionFollower(reaction: Reaction, { executor }: Pick<Engine, 'executor'>): Follower {
  const { name, version, from, categories } = reaction;
  const effectOf = (event: Recorded, to: CommandTo): Effect => {
    const target = targetOf(to);
    const commandId = derivedId('reaction', name, event.eventId, target);
    const carryOut = async () => void (await executor.execute(askOf(to, event, commandId)));
    return { target, command: to.type, commandId, carryOut };
  };
  return {
    ...{ name, version, from, categories },
    effectsOf(event) {
      const effects = reaction.react(event).map((to) => effectOf(event, to));
      if (new Set(effects.map(({ target }) => target)).size < effects.length)
        throw new Error('it asks one target twice because of one event');
      return effects;
    },
  };
}

const targetOf = ({ decider, id }: CommandTo): string => streamOf(decider.events.category, id);

/**
 * The ask that follows from an event. It comes again after a crash with the same id, which the target's stream recognises; of what the
 * stream answered more than 30 days before its last event nothing is remembered, and the rules' natural keys tell.
 * @throws Error when it does not have the shape that its command promises, or the chain of reactions is a loop
 */
export function askOf({ decider, id, type, data }: CommandTo, event: Recorded, commandId: string): Ask {
  const { $correlationId, hops = 0 } = event.meta;
  if (hops >= HOPS_MAX) throw new Error(`reactions lead to each other: ${hops} in a row`);
  const line = decider.commands[type];
  if (!line) throw new Error(`${decider.events.category} has no command ${type}`);
  const cause = {
    actor: 'system:reaction',
    authority: 'system',
    channel: 'system',
    correlationId: $correlationId,
    causationId: event.eventId,
    commandId,
    hops: hops + 1,
  } as const;
  return { decider, id, command: { type, data: line.shape.parse(data) }, cause };
}
