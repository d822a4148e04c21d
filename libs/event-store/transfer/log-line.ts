import canonicalize from 'canonicalize';
import { z } from 'zod';
import { logStream } from '../log.js';
import { logEvents } from '../log-events.js';
import type { RawEvent } from '../source.js';

/** An event on its way from one log to another, with all of it that has to arrive there. */
export interface LogLine {
  readonly event: RawEvent;
  /** The event without its position, which is its server's own, in canonical form (RFC 8785): the same on every server. */
  readonly content: string;
}

const stored = z.strictObject({
  event: z.strictObject({
    eventId: z.string(),
    stream: z.string(),
    type: z.string(),
    revision: z.string().regex(/^\d+$/).transform(BigInt),
    data: z.unknown().optional(),
    metadata: z.unknown().optional(),
  }),
  position: z.string().regex(/^\d+$/).transform(BigInt),
});

/** Throws when the event is not JSON: this system writes nothing else. */
export function lineOf(event: RawEvent): LogLine {
  const { eventId, stream, type, revision, data, metadata } = event;
  if (data instanceof Uint8Array || metadata instanceof Uint8Array)
    throw new Error(`${type} ${eventId} in ${stream} is not JSON, and nothing else can be copied`);
  const content = canonicalize({ eventId, stream, type, revision: String(revision), data, metadata });
  return { event, content: content ?? '' };
}

/** The line of a file, itself canonical. */
export const textOf = ({ content, event }: LogLine): string =>
  `{"event":${content},"position":"${event.position}"}`;

/** Reads such a line; undefined when it is none. */
export function parseLine(text: string): LogLine | undefined {
  const parsed = stored.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { event, position } = parsed.data;
  const { data, metadata, ...rest } = event;
  // Taken from the text as it stands, so that whatever was changed in it shows in the chain.
  const content = text.slice('{"event":'.length, text.lastIndexOf(',"position":'));
  return { event: { ...rest, position, data, metadata }, content };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The identity of the log that begins with this event. Throws when no log of this system does. */
export function logIdOf({ stream, type, data }: RawEvent): string {
  const started = logEvents.shapes.LogStarted.safeParse(data);
  if (stream !== logStream || type !== 'LogStarted' || !started.success)
    throw new Error(`this is not a log of Fourstar: it begins with ${type} in ${stream}`);
  return started.data.logId;
}

/** Where an event stands, in words. */
export const placeOf = ({ type, eventId, stream, revision }: RawEvent): string =>
  `${type} ${eventId} (${stream}, revision ${revision})`;
