import { randomUUID } from 'node:crypto';
import {
  jsonEvent,
  type AllStreamResolvedEvent,
  type Credentials,
  type EventData,
  type JSONEventType,
  type Position,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { server } from './server.js';

/** The client appends by BatchAppend, or by Append if the call carries credentials. */
export const BOTH_APPENDS: [string, { readonly credentials?: Credentials }][] = [
  ['BatchAppend', {}],
  [
    'Append',
    {
      get credentials() {
        return server.credentials;
      },
    },
  ],
];

/** A stream that no other test has used. */
export const freshStream = (label = 'stream'): string => `conform_${label}-${randomUUID()}`;

export type Numbered = JSONEventType<string, { n: number }>;

export const numbered = (n: number, type = 'Numbered'): EventData =>
  jsonEvent<Numbered>({ type, data: { n } });
export const numberedEvents = (count: number, type?: string): EventData[] =>
  Array.from({ length: count }, (_, n) => numbered(n, type));

export async function collect<T>(items: AsyncIterable<T>, count = Infinity): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) {
    collected.push(item);
    if (collected.length === count) break;
  }
  return collected;
}

/** What `$all` shows from a position on. A server that was there before these tests may have a long past. */
export const allFrom = (fromPosition: Position): Promise<AllStreamResolvedEvent[]> =>
  collect(server.client.readAll({ fromPosition }));

/** Where an event of no interest stands, to read from. */
export async function mark(): Promise<Position> {
  const { position } = await server.client.appendToStream(freshStream('mark'), numbered(0));
  if (!position) throw new Error('An append has a position');
  return position;
}

export const revisionsOf = (events: readonly ResolvedEvent[]): (number | undefined)[] =>
  events.map(({ event }) => event && Number(event.revision));

/** What a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('nothing');
  const failure = await promise.then(
    () => nothing,
    (error: unknown) => error,
  );
  if (failure === nothing) throw new Error('Expected a failure, but there was none');
  return failure;
}
