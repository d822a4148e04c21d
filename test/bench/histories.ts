import type { contractEvents } from '#contract/events';
import type { NewEvent } from '#event-store/store';
import { contractId, customerId } from '../support/contract.js';
import {
  carriedOver,
  draft,
  expiryRescinded,
  greyZone,
  renewedTwice,
  repriced,
  rescinded,
  terminated,
  withdrawn,
} from '../support/contract-lives.js';
import type { Happened } from '../support/given.js';
import type { Random } from '../support/random.js';

/** One stream of the log, ready to be appended piece by piece. */
export interface Stream {
  readonly name: string;
  readonly events: readonly NewEvent[];
}

/** What happened to one contract, to be told again of any number of others. */
export class Life {
  private readonly text: string;

  constructor(events: readonly Happened<typeof contractEvents.shapes>[]) {
    this.text = JSON.stringify(events.map(asStored));
  }

  /** The same life of another contract, customer and notices. */
  of(random: Random): Stream {
    const id = random.uuid();
    const text = this.text
      .replaceAll(contractId, id)
      .replaceAll(customerId, random.uuid())
      .replace(noticeIds, (_, last: string) => id.slice(0, -12) + last);
    // Written by the constructor.
    const told = JSON.parse(text) as NewEvent[];
    const events = told.map((event) => ({
      ...event,
      eventId: random.uuid(),
      metadata: caused(event, random),
    }));
    return { name: `contract-${id}`, events };
  }
}

/** The ids that `noticeOf` of the lives gives. */
const noticeIds = /c2a1e4d8-7b1f-4f2e-9a53-([0-9a-f]{12})/g;

/** What happened, with the envelope that the engine gives an event: all of it but what differs from command to command. */
function asStored({ type, data, facts, trace, policies }: Happened<typeof contractEvents.shapes>): NewEvent {
  const { recordedAt, effectiveAt, actor } = facts;
  const metadata = {
    schemaVersion: 1,
    recordedAt,
    effectiveAt,
    actor,
    authority: 'contract-clerk',
    subjects: [`contract:${contractId}`, `customer:${customerId}`],
    ...(trace && { trace }),
    ...(policies && { policies }),
  };
  return { eventId: '', type, data, metadata };
}

function caused({ metadata }: NewEvent, random: Random): NewEvent['metadata'] {
  const commandId = random.uuid();
  const requestHash = (commandId + commandId).replaceAll('-', '');
  return { ...metadata, $correlationId: random.uuid(), $causationId: commandId, commandId, requestHash };
}

/** Most contracts renew; the others end, are disputed, repriced or never signed. */
const mix = (): readonly [Life, ...Life[]] => {
  const renewed = new Life(renewedTwice().events);
  const inForce = new Life(withdrawn().events);
  const others = [repriced, terminated, rescinded, greyZone, expiryRescinded, carriedOver, draft];
  return [
    renewed,
    renewed,
    renewed,
    renewed,
    inForce,
    inForce,
    ...others.map((life) => new Life(life().events)),
  ];
};

/** Contracts with different lives, the same at every run, until they have `events` events between them. */
export function* contracts(events: number, random: Random): Iterable<Stream> {
  const lives = mix();
  for (let made = 0; made < events;) {
    const { name, events: all } = random.pick(lives).of(random);
    const stream = { name, events: all.slice(0, events - made) };
    made += stream.events.length;
    yield stream;
  }
}
