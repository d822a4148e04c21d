import { z } from 'zod';

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const parts = new RegExp(`^(${uuid})/(\\d{1,20})(?:/(${uuid}))?$`);

/** A place in one particular log, as callers see it: the log's id, and an event's `$all` commit position and id. */
export const positionToken = z.string().regex(parts, 'a position, as an earlier answer gave it');

/** Where an event is in the log. */
export interface EventPlace {
  readonly position: bigint;
  /** Absent in tokens of the releases that gave out the position alone. */
  readonly eventId?: string;
}

/** Writes and reads position tokens of the log that has this id (the UUID of its first event). */
export class PositionTokens {
  constructor(private readonly logId: string) {}

  encode({ position, eventId }: Required<EventPlace>): string {
    return `${this.logId}/${position}/${eventId}`;
  }

  /**
   * The event's place; `foreign log` when the token was given out by another log. A restored or migrated log has the same id:
   * whether the event is there is for the caller to find out.
   */
  decode(token: string): EventPlace | 'foreign log' {
    const [, logId, position = '', eventId] = parts.exec(positionToken.parse(token)) ?? [];
    if (logId !== this.logId) return 'foreign log';
    return { position: BigInt(position), ...(eventId !== undefined && { eventId }) };
  }
}
