import type { RawEvent } from '#event-store/source';
import type { EventStore } from '#event-store/store';
import { PlaceLost } from './errors.js';
import type { Place } from './reaction-events.js';

export const placeOf = ({ eventId, stream, revision, position }: Pick<RawEvent, keyof Place>): Place => ({
  eventId,
  stream,
  revision: String(revision),
  position: String(position),
});

/** The event that stands at a place, with the position that it has in this log. @throws PlaceLost */
export async function findPlace(store: EventStore, place: Place): Promise<RawEvent> {
  for await (const event of store.readStream(place.stream, BigInt(place.revision))) {
    if (event.eventId === place.eventId) return event;
    break;
  }
  throw new PlaceLost(`${place.eventId} is not at revision ${place.revision} of ${place.stream}`);
}
