import { z } from 'zod';

/** A place in one particular log, as callers see it: the log's id and the `$all` commit position. */
export const positionToken = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/\d{1,20}$/, 'a position, as an earlier answer gave it');

/** Writes and reads position tokens of the log that has this id (the UUID of its first event). */
export class PositionTokens {
  constructor(private readonly logId: string) {}

  encode(position: bigint): string {
    return `${this.logId}/${position}`;
  }

  /** The commit position; `foreign log` when the token was given out by another log, such as one before a restore. */
  decode(token: string): bigint | 'foreign log' {
    const [logId, commit] = positionToken.parse(token).split('/');
    return logId === this.logId && commit !== undefined ? BigInt(commit) : 'foreign log';
  }
}
