import { setTimeout as pause } from 'node:timers/promises';
import { RevisionConflict, StoreUnavailable } from '#event-store/ask';
import type { Recorded } from '#kernel/recorded';
import { Refusal } from '#kernel/refusal';
import type { Log } from '#projection/status';
import type { Effect, Permit } from './effect.js';
import { isFinal } from './errors.js';
import type { Journal } from './journal.js';
import { placeOf } from './place.js';

const ATTEMPTS_MAX = 3;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;

/** What asking came to in the end. */
export type Outcome =
  | { readonly is: 'done' }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'failed'; readonly cause: string };

/**
 * Asks until there is an answer. A store that is away, or others who keep writing first, are no fault of the target and are waited for;
 * anything but that and a refusal is tried three times. Throws when the permit is over: then nothing is known.
 */
export async function persist(
  ask: () => Promise<unknown>,
  { signal, confirm }: Permit,
  failed: (error: unknown) => void,
): Promise<Outcome> {
  let failures = 0;
  for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
    await confirm();
    try {
      await ask();
      return { is: 'done' };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Refusal) return { is: 'refused', code: error.code };
      failed(error);
      if (isFinal(error) || (!isTransient(error) && ++failures === ATTEMPTS_MAX))
        return { is: 'failed', cause: causeOf(error) };
    }
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Carries effects out; what is refused and what is parked is written down. */
export class Attempts {
  constructor(
    private readonly journal: Journal,
    private readonly permit: Permit,
    private readonly log: Log,
  ) {}

  /** Throws when the permit is over, or the journal could not be written. */
  async carryOut(effect: Effect, event: Recorded): Promise<'over' | 'parked'> {
    const { target, command, commandId } = effect;
    const at = placeOf(event);
    if (this.journal.known.refused.has(commandId)) return 'over';
    const ask = () => effect.carryOut(this.permit);
    const outcome = await persist(ask, this.permit, (err) =>
      this.log.warn({ err, target, command, eventId: event.eventId }, 'A reaction has failed'),
    );
    if (outcome.is === 'done') return 'over';
    if (outcome.is === 'refused') {
      await this.journal.refuse({ at, target, command, commandId, code: outcome.code }, event);
      return 'over';
    }
    await this.journal.park({ at, target, command, cause: outcome.cause }, event);
    return 'parked';
  }
}

const isTransient = (error: unknown): boolean =>
  error instanceof StoreUnavailable || error instanceof RevisionConflict;

/** Error texts hold no personal data, so that they may stand in the log. */
const causeOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 300).trim();
