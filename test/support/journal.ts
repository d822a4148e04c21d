import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Reply } from './apps.js';

/** A command that a client has sent, and what it was told in the end. */
export interface Sent {
  readonly key: string;
  /** Goes into the envelope of all of its events: by it they are found in the log without the engine's own ids. */
  readonly correlationId: string;
  readonly path: string;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the business clock stood. */
  readonly sentAt: string;
  /** How many attempts had an unknown outcome. */
  unknown: number;
  answer?: Answer;
}

export interface Acknowledged {
  readonly is: 'acknowledged';
  readonly id: string;
  readonly revision: string;
  /** The token as it came. */
  readonly position: string | undefined;
  readonly eventIds: readonly string[];
}
export type Answer = Acknowledged | { readonly is: 'refused'; readonly code: string };

/** The clients' own list of what they have sent and what they were told. */
export class Journal {
  readonly all: Sent[] = [];
  /** Repeats whose answer was not the first one's. There must be none. */
  readonly broken: { readonly key: string; readonly first: Answer; readonly again: Answer }[] = [];
  repeats = 0;

  begin(
    key: string,
    path: string,
    body: object,
    told: Readonly<Record<string, string>>,
    sentAt: string,
  ): Sent {
    const correlationId = randomUUID();
    const headers = { ...told, 'idempotency-key': key, 'fourstar-correlation-id': correlationId };
    const sent: Sent = { key, correlationId, path, body, headers, sentAt, unknown: 0 };
    this.all.push(sent);
    return sent;
  }

  acknowledged(): { readonly sent: Sent; readonly answer: Acknowledged }[] {
    return this.all.flatMap((sent) =>
      sent.answer?.is === 'acknowledged' ? [{ sent, answer: sent.answer }] : [],
    );
  }

  refused(): Sent[] {
    return this.all.filter(({ answer }) => answer?.is === 'refused');
  }

  /** What an attempt came to; undefined when it must be made again. @throws when no client would understand the reply */
  read(sent: Sent, reply: Reply | undefined): Answer | undefined {
    if (reply === undefined || reply.status === 503) {
      sent.unknown++;
      return undefined;
    }
    const { status, body } = reply;
    const code = String(body['type']).replace('/problems/', '');
    // 401: a token of the process that has been replaced meanwhile. A conflict: others wrote first, too often.
    if (status === 401 || (status === 409 && code === 'conflict')) return undefined;
    if (status === 409 || status === 412) return { is: 'refused', code };
    if (status >= 300) throw new Error(`${sent.path} ${sent.key}: ${status} ${JSON.stringify(body)}`);
    // The API's own answer to a command; the verdict holds every field of it against the log.
    const answer = body as { id: string; revision: string; position?: string; events: { eventId: string }[] };
    const { id, revision, position, events } = answer;
    return { is: 'acknowledged', id, revision, position, eventIds: events.map(({ eventId }) => eventId) };
  }

  compare({ key }: Sent, first: Answer, again: Answer): void {
    this.repeats++;
    if (!isDeepStrictEqual(first, again)) this.broken.push({ key, first, again });
  }
}
