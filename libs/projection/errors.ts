/** What stops a reader until a person or a new release has dealt with it. Everything else is tried again. */
export abstract class Stopped extends Error {}

/** An event cannot be applied to a projection, nor be parked. */
export class ApplyFailed extends Stopped {
  override readonly name = 'ApplyFailed';

  constructor(
    readonly projection: string,
    readonly event: { readonly position: bigint; readonly eventId: string; readonly type: string },
    override readonly cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${projection} cannot apply ${event.type} ${event.eventId} at position ${event.position}: ${why}`);
  }
}

/** A projection cannot apply so much that it is not the events that are broken: it stops instead of parking everything. */
export class TooManyParked extends Stopped {
  override readonly name = 'TooManyParked';

  constructor(
    readonly projection: string,
    keys: number,
    event: ApplyFailed['event'],
    cause: unknown,
  ) {
    const failed = new ApplyFailed(projection, event, cause);
    super(`${projection} stops, since ${keys} keys are parked in it already: ${failed.message}`, { cause });
  }
}

/** A change met a row that it cannot follow on: a new row is there already, or a changed one is not. */
export class Damage extends Error {
  override readonly name = 'Damage';

  constructor(
    readonly table: string,
    readonly key: readonly unknown[],
    readonly position: bigint,
    what: string,
  ) {
    super(`${table} (${key.join(', ')}) at position ${position}: ${what}`);
  }
}

/** Postgres refused the values of a batch. */
export class BatchRefused extends Stopped {
  override readonly name = 'BatchRefused';

  constructor(
    after: bigint | undefined,
    upTo: bigint | undefined,
    override readonly cause: Error,
  ) {
    super(
      `the batch after position ${after ?? 'none'} up to ${upTo ?? 'none'} does not fit its tables: ${cause.message}`,
    );
  }
}

/** Postgres refuses the rows that an event would make in a table. */
export interface Verdict {
  readonly table: string;
  readonly position: bigint;
  readonly error: Error;
}

/** Postgres refused a batch because of these events: it is folded again without them, and they are parked. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly verdicts: readonly Verdict[],
    override readonly cause: Error,
  ) {
    super(`Postgres refuses the rows of ${verdicts.length} event(s): ${cause.message}`);
  }
}

/** The log does not continue where it left off in a stream: an event is missing, repeated or out of order. */
export class Hole extends Stopped {
  override readonly name = 'Hole';

  constructor(
    readonly stream: string,
    /** The last revision that was seen; undefined when the stream was new. */
    readonly last: bigint | undefined,
    readonly found: bigint,
    readonly position: bigint,
  ) {
    const before = last === undefined ? 'nothing' : `revision ${last}`;
    super(`hole in ${stream}: revision ${found} at position ${position} follows ${before}`);
  }
}

/** Another runner holds the lease: nothing of the batch was written, and this one stands by again. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver';

  constructor(readonly readerGroup: string) {
    super(`another runner took over the reader group ${readerGroup}`);
  }
}

/** The tables were built from another log, or from a part of it that is no longer there. */
export class RebuildNeeded extends Stopped {
  override readonly name = 'RebuildNeeded';

  constructor(what: string) {
    super(`rebuild: ${what}; run "npm run cli -- reset-tables --yes" and start again`);
  }
}
