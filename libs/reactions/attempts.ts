import { setTimeout as pause } from 'node:timers/promises';
import { RevisionConflict, StoreUnavailable } from '#event-store/ask';
import type { Recorded } from '#kernel/recorded';
import { Refusal } from '#kernel/refusal';
import type { Log } from '#projection/status';
import type { Effect } from './effect.js';
import { placeOf, type Journal } from './journal.js';

const ATTEMPTS_MAX = 3;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;

export interface AttemptsOptions {
  readonly journal: Journal;
  readonly log: Log;
  /** Once it is aborted nothing is attempted any more, and what was not over stays so. */
  readonly signal: AbortSignal;
  /** Makes sure that this process is still the owner before it asks anything. */
  readonly confirm: () => Promise<void>;
}

/** Carries effects out: done, refused and parked are what they can come to, and the last two are written down. */
export class Attempts {
  constructor(private readonly options: AttemptsOptions) {}

  /** Throws when it was told to end, or when the journal could not be written. */
  async carryOut(effect: Effect, event: Recorded): Promise<'over' | 'parked'> {
    const { journal, signal, confirm, log } = this.options;
    const { target, command, commandId } = effect;
    const at = placeOf(event);
    if (journal.known.refused.has(commandId)) return 'over';
    let failures = 0;
    for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
      await confirm();
      signal.throwIfAborted();
      try {
        await effect.carryOut(signal);
        return 'over';
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Refusal) {
          await journal.refuse({ at, target, command, commandId, code: error.code }, event);
          return 'over';
        }
        log.warn({ err: error, target, command, eventId: event.eventId }, 'A reaction has failed');
        if (!isTransient(error) && ++failures === ATTEMPTS_MAX) {
          await journal.park({ at, target, command, cause: causeOf(error) }, event);
          return 'parked';
        }
      }
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Nothing is wrong with the target: the store does not answer, or others keep writing first. */
const isTransient = (error: unknown): boolean =>
  error instanceof StoreUnavailable || error instanceof RevisionConflict;

/** Error texts hold no personal data, so that they may stand in the log. */
export const causeOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 300).trim();
