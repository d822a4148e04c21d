import type { Channel } from '#kernel/envelope';

/** Who asks, why, on whose authority and because of what. Goes into the envelope of every event that follows. */
export interface Cause {
  /** The token's subject, or `system:…`; never from a header or the body. */
  readonly actor: string;
  /** The role that allowed it. */
  readonly authority: string;
  readonly onBehalfOf?: string;
  readonly channel?: Channel;
  readonly hall?: string;
  readonly reason?: { readonly code: string };
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
  /** As in the envelope: absent unless a reaction asks. */
  readonly hops?: number;
  readonly requestHash?: string;
}

/** What a command came to. */
export interface Answer {
  readonly id: string;
  /** The stream's revision after the command, -1 while it has no event. It is the ETag. */
  readonly revision: bigint;
  /** Where in the log the command's last event is, or the stream's when nothing was to be written; absent while it has none. */
  readonly position?: bigint;
  /** Which event that is. */
  readonly eventId?: string;
  readonly events: readonly { readonly eventId: string; readonly type: string }[];
  /** The command had been carried out before; this is its first answer. */
  readonly repeated: boolean;
}

/** Somebody else wrote first, or the revision that the caller pinned is not the stream's. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';

  constructor(
    readonly stream: string,
    readonly expected: bigint,
    readonly actual: bigint | undefined,
    /** True when the caller pinned the revision by If-Match (412); false when retries ran out (409). */
    readonly pinned: boolean,
  ) {
    super(`${stream} is at revision ${actual ?? 'unknown'}, not ${expected}`);
  }
}

/** The same idempotency key came with another request. */
export class KeyReused extends Error {
  override readonly name = 'KeyReused';
}

/** The store did not answer in time. Nothing is known to be lost: the same command may be sent again, with the same key. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}
