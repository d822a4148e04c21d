import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import {
  EventStoreDBClient,
  jsonEvent,
  type EventData,
  type JSONEventType,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { NodeProcess } from './node-process.js';

/** The server under test: the one at CONFORM_URL, else an embedded node of this suite's own. */
export interface Server {
  readonly client: EventStoreDBClient;
  readonly url: string;
}

/** Makes a server available to the tests of a file. */
export function useServer(): Server {
  let node: NodeProcess | undefined;
  let url = process.env['CONFORM_URL'] ?? '';
  let client: EventStoreDBClient | undefined;
  beforeAll(async () => {
    if (!url) {
      node = await NodeProcess.start();
      url = node.url;
    }
    client = EventStoreDBClient.connectionString(url);
  });
  afterAll(async () => {
    await client?.dispose();
    await node?.remove();
  });
  return {
    get client() {
      if (!client) throw new Error('The server is started by beforeAll');
      return client;
    },
    get url() {
      return url;
    },
  };
}

/** The client appends by BatchAppend, or by Append if the call carries credentials. */
export const CREDENTIALS = { username: 'admin', password: 'changeit' };
export const BOTH_APPENDS: [string, { credentials?: typeof CREDENTIALS }][] = [
  ['BatchAppend', {}],
  ['Append', { credentials: CREDENTIALS }],
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
