import { DecodeError } from '#event-store/decode';
import type { Recorded } from '#kernel/recorded';
import { Stopped } from '#projection/errors';

/** The function of a reaction failed on an event. Whom it would have asked is not known, so that nobody can be parked for it. */
export class ReactionFailed extends Stopped {
  override readonly name = 'ReactionFailed';

  constructor(
    reaction: string,
    { type, eventId, position }: Recorded,
    override readonly cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${reaction} cannot react to ${type} ${eventId} at position ${position}: ${why}`);
  }
}

/** So many targets fail that it is not theirs. */
export class TooManyParked extends Stopped {
  override readonly name = 'TooManyParked';

  constructor(reaction: string, most: number, cause: string) {
    super(`${reaction} has ${most} parked targets, and goes no further: ${cause}`);
  }
}

/** The log does not hold the event after which a reaction is to go on. */
export class PlaceLost extends Stopped {
  override readonly name = 'PlaceLost';
}

/** Another process works for this reaction now: nothing more is written here, and this one stands by again. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver';
}

/** Trying again does not help: a person or a new release has to deal with it. */
export const isFinal = (error: unknown): boolean => error instanceof Stopped || error instanceof DecodeError;
