import { categoryOf, decode, Undecodable, type Catalogue } from '#event-store/decode';
import type { RawEvent } from '#event-store/source';
import type { Recorded } from '#kernel/recorded';

/** An event as the projections get it: decoded, or why its data cannot be read although its type is known. */
export type Arrival = { readonly raw: RawEvent; readonly category: string } & (
  | { readonly event: Recorded; readonly undecodable?: undefined }
  | { readonly event?: undefined; readonly undecodable: Undecodable }
);

/** Throws UnknownEventType and SchemaTooNew: they say that this release is too old, not that the event is damaged. */
export function arrivalOf(catalogue: Catalogue, raw: RawEvent): Arrival {
  const category = categoryOf(raw.stream);
  try {
    return { raw, category, event: decode(catalogue, raw) };
  } catch (error) {
    if (error instanceof Undecodable) return { raw, category, undecodable: error };
    throw error;
  }
}
