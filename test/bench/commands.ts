import { randomUUID } from 'node:crypto';
import type { NewEvent } from '#event-store/store';
import { ContractClient } from '../support/contract-client.js';
import { draftIt, on } from '../support/contract.js';
import type { BareClient } from './bare-client.js';
import type { HttpClient } from './http-client.js';
import type { Lane } from './loops.js';
import { today } from './stage.js';

/** The commands of a contract from its draft to its effect: the route below the contract, and the body. */
const execution = ContractClient.execution(today);
const draft = draftIt(on(today)).data;

/** A caller that executes one contract after the other over HTTP. */
export function commandLane(http: HttpClient): Lane {
  let id = '';
  let step = 0;
  return async () => {
    const [route, body] = execution[step - 1] ?? ['', draft];
    const path = step === 0 ? '/v1/contracts' : `/v1/contracts/${id}/${route}`;
    const answer = await http.post(path, body, randomUUID());
    id = answer.id;
    step = (step + 1) % (execution.length + 1);
    return answer.events.map(({ eventId }) => eventId);
  };
}

/** What the commands of one contract append, as the log holds it: one list of events for each command. */
export type Script = readonly (readonly NewEvent[])[];

/** Executes a contract and reads from the log what that came to. */
export async function recordScript(http: HttpClient, bare: BareClient): Promise<Script> {
  const next = commandLane(http);
  const answers: (readonly string[])[] = [];
  for (let step = 0; step <= execution.length; step++) answers.push(await next());
  const wanted = new Set(answers.flat());
  const events = new Map<string, NewEvent>();
  await bare.readAll((event) => {
    if (wanted.has(event.id)) events.set(event.id, asNew(event));
  });
  return answers.map((eventIds) => eventIds.map((eventId) => found(events, eventId)));
}

function found(events: ReadonlyMap<string, NewEvent>, eventId: string): NewEvent {
  const event = events.get(eventId);
  if (!event) throw new Error(`event ${eventId} was acknowledged and is not in the log`);
  return event;
}

interface Stored {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata?: unknown;
}

/** Data and metadata of an application's events are JSON objects. */
export const asNew = ({ id, type, data, metadata }: Stored): NewEvent => ({
  eventId: id,
  type,
  data: data as NewEvent['data'],
  metadata: metadata as NewEvent['metadata'],
});

/** A caller that appends the same events to one stream after the other, with nothing but the official client. */
export function appendLane(bare: BareClient, script: Script): Lane {
  let stream = '';
  let step = 0;
  let revision = -1;
  return async () => {
    if (step === 0) {
      stream = `bare-${randomUUID()}`;
      revision = -1;
    }
    const events = (script[step] ?? []).map((event) => ({ ...event, eventId: randomUUID() }));
    await bare.append(stream, revision, events);
    revision += events.length;
    step = (step + 1) % script.length;
    return events.map(({ eventId }) => eventId);
  };
}

/** Counts the events that lanes are told of. */
export class Tally {
  events = 0;

  of(lane: Lane): Lane {
    return async () => {
      const eventIds = await lane();
      this.events += eventIds.length;
      return eventIds;
    };
  }
}
