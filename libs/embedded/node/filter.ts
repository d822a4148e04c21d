import { setFlagsFromString } from 'node:v8';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { decodeRecord } from './codec.js';
import { badRequest } from './errors.js';
import type { StoredRecord } from './store.js';

/** Which events of `$all` a reader wants to see, and how often a subscriber hears how far the search has come. */
export interface EventFilter {
  readonly matches: (record: StoredRecord) => boolean;
  /** A checkpoint is due after this many events were considered, whether they matched or not. */
  readonly checkpointEvery: number;
}

const DEFAULT_SEARCH_WINDOW = 32;

// An expression such as ^(a+)+$ would otherwise hold up the whole node. V8 then goes over to its engine that takes linear
// time, which knows no lookarounds and back references; expressions with those are still the client's own risk.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** Throws a CallFailure if the filter is not one. */
export function eventFilter(options: ReadReq.Options.FilterOptions): EventFilter {
  const byStream = options.getStreamIdentifier();
  const expression = byStream ?? options.getEventType();
  if (!expression) throw badRequest('A filter needs a stream name or event type expression.');
  const accepts = matcher(expression.getPrefixList(), expression.getRegex());
  const window = options.hasMax() ? options.getMax() : DEFAULT_SEARCH_WINDOW;
  const checkpointEvery = options.getCheckpointintervalmultiplier() * window;
  if (checkpointEvery <= 0)
    throw badRequest('A filter needs a positive search window and checkpoint interval.');
  const subjectOf = byStream ? 'stream' : 'type';
  return { matches: ({ bytes }) => accepts(decodeRecord(bytes)[subjectOf]), checkpointEvery };
}

function matcher(prefixes: readonly string[], regex: string): (subject: string) => boolean {
  if (regex === '') {
    if (prefixes.length === 0) throw badRequest('A filter needs prefixes or a regular expression.');
    return (subject) => prefixes.some((prefix) => subject.startsWith(prefix));
  }
  try {
    const expression = new RegExp(regex);
    return (subject) => expression.test(subject);
  } catch (error) {
    throw badRequest(`The filter is not a regular expression: ${String(error)}`);
  }
}
