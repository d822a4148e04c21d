import type { handleServerStreamingCall } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { streamDeleted } from './errors.js';
import type { Guard } from './guard.js';
import type { Log } from './log.js';
import type { OpenCalls } from './open-calls.js';
import { send, yieldTurn, type ReadCall } from './outlet.js';
import { readRequest, type ReadRequest } from './read-request.js';
import { AllSource, StreamSource, type Source } from './source.js';
import { subscribe } from './subscribe.js';

/** Streams.Read: a read that ends, or a subscription that does not. */
export function read(log: Log, guard: Guard, calls: OpenCalls): handleServerStreamingCall<ReadReq, Buffer> {
  return (call) =>
    calls.serve(call, async (signal) => {
      const caller = await guard.admit(call.metadata);
      const request = readRequest(log, call.request);
      caller.check('read', request.subject.stream ?? '$all');
      await (request.count === 'subscription'
        ? subscribe(log, call, request, signal)
        : readOnce(log, call, request, signal));
    });
}

async function readOnce(log: Log, call: ReadCall, request: ReadRequest, signal: AbortSignal): Promise<void> {
  const { subject, encode } = request;
  const source = subject.stream === undefined ? allSource(log, request) : streamSource(log, request);
  if (!source) {
    call.write(streamNotFound(subject.stream ?? ''));
    return;
  }
  const matches = subject.stream === undefined ? subject.filter?.matches : undefined;
  let remaining = Number(request.count);
  while (remaining > 0) {
    const { records, exhausted } = source.next();
    if (exhausted) return;
    for (const record of records) {
      if (matches && !matches(record)) continue;
      await send(call, encode(record), signal);
      if (--remaining === 0) return;
    }
    await yieldTurn(signal);
  }
}

function allSource(log: Log, { subject, direction }: ReadRequest): Source {
  const { from } = subject;
  return new AllSource(log, from === 'start' ? 0 : from === 'end' ? log.store.end() : from, direction);
}

/** A deleted stream is an error; one without events, or softly deleted, is not found. */
function streamSource(log: Log, { subject, direction }: ReadRequest): Source | undefined {
  const { stream = '', from } = subject;
  const head = log.heads.get(stream);
  if (head.tombstoned) throw streamDeleted(stream);
  return head.revision < 0 || head.softDeleted ? undefined : new StreamSource(log, stream, from, direction);
}

function streamNotFound(stream: string): Buffer {
  const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));
  const notFound = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier);
  return Buffer.from(new streams.ReadResp().setStreamNotFound(notFound).serializeBinary());
}
