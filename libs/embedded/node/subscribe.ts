import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { EventFilter } from './filter.js';
import type { Log } from './log.js';
import { send, yieldTurn, type ReadCall } from './outlet.js';
import type { ReadRequest } from './read-request.js';
import { AllSource, StreamSource, type Source } from './source.js';
import type { StoredRecord } from './store.js';

/**
 * Serves a catch-up subscription: the past and the present are one loop that reads pages and, when there are no more,
 * waits for the next commit. Nothing is pushed, so nothing can be missed between the two or pile up for a slow client.
 */
export async function subscribe(
  log: Log,
  call: ReadCall,
  request: ReadRequest,
  signal: AbortSignal,
): Promise<void> {
  // Where the end is must be known before anything is awaited, so that the first later event is not missed.
  const source = sourceOf(log, request);
  const filter = request.subject.stream === undefined ? request.subject.filter : undefined;
  const delivery = (): Deliver =>
    filter ? filtered(call, request, filter, signal) : unfiltered(call, request, signal);
  let deliver = delivery();
  await send(call, confirmation(), signal);
  for (let caughtUp = false; ;) {
    const { records, exhausted } = source.next();
    for (const record of records) await deliver(record);
    if (!exhausted) {
      await yieldTurn(signal);
    } else if (caughtUp) {
      await log.writer.nextCommit(signal);
    } else {
      caughtUp = true;
      source.goLive();
      // As in 23.10 the events considered for the next checkpoint are counted anew.
      deliver = delivery();
      await send(call, encode(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp())), signal);
    }
  }
}

/** Subscriptions start after the revision or position that the client names: its checkpoint. */
function sourceOf(log: Log, { subject }: ReadRequest): Source {
  const { stream, from } = subject;
  const after = typeof from === 'number' ? from + 1 : from;
  if (stream !== undefined) return new StreamSource(log, stream, after, 'forwards');
  return new AllSource(log, after === 'start' ? 0 : after === 'end' ? log.store.end() : after, 'forwards');
}

type Deliver = (record: StoredRecord) => Promise<void>;

function unfiltered(call: ReadCall, request: ReadRequest, signal: AbortSignal): Deliver {
  return (record) => send(call, request.encode(record), signal);
}

function filtered(call: ReadCall, request: ReadRequest, filter: EventFilter, signal: AbortSignal): Deliver {
  let considered = 0;
  return async (record) => {
    if (filter.matches(record)) await send(call, request.encode(record), signal);
    if (++considered % filter.checkpointEvery === 0) await send(call, checkpoint(record.position), signal);
  };
}

function confirmation(): Buffer {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
  return encode(new streams.ReadResp().setConfirmation(confirmed));
}

function checkpoint(position: number): Buffer {
  const reached = new streams.ReadResp.Checkpoint();
  reached.setCommitPosition(String(position)).setPreparePosition(String(position));
  return encode(new streams.ReadResp().setCheckpoint(reached));
}

const encode = (response: ReadResp): Buffer => Buffer.from(response.serializeBinary());
