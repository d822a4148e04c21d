import { status } from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb.js';
import type { ExpectedRevision } from './append.js';
import { asCallFailure, type CallFailure } from './errors.js';
import type { AppendOutcome } from './log.js';
import { MAX_APPEND_BYTES, type Proposal } from './proposal.js';

/** A message that can travel as the details of a status, and its full name. */
type Detail = readonly [name: string, message: { serializeBinary(): Uint8Array }];

const empty = (): emptyPb.Empty => new emptyPb.Empty();

/** Answers a batch append with what became of it. */
export function batchResponse(proposal: Proposal, outcome: AppendOutcome | 'timeout'): BatchAppendResp {
  const response = subject(proposal);
  if (outcome === 'timeout') {
    return withStatus(response, status.DEADLINE_EXCEEDED, 'Timeout', [
      'event_store.client.Timeout',
      new shared.Timeout(),
    ]);
  }
  if (outcome.kind === 'written') return response.setSuccess(success(outcome));
  if (outcome.kind === 'deleted') {
    const deleted = new shared.StreamDeleted().setStreamIdentifier(identifier(proposal.stream));
    const message = `Event stream '${proposal.stream}' is deleted.`;
    return withStatus(response, status.FAILED_PRECONDITION, message, [
      'event_store.client.StreamDeleted',
      deleted,
    ]);
  }
  const wrong = wrongExpectedVersion(proposal.expected, outcome.current);
  const details: Detail = ['event_store.client.WrongExpectedVersion', wrong];
  return withStatus(response, status.ALREADY_EXISTS, 'WrongExpectedVersion', details);
}

/** Answers a batch append that was refused, or that the disk did not take. */
export function batchFailure(error: unknown, proposal: Proposal | undefined): BatchAppendResp {
  const failure = asCallFailure(error);
  // The client reads the stream's name and the details of every failure without asking whether they are there.
  const response = proposal
    ? subject(proposal)
    : new streams.BatchAppendResp().setStreamIdentifier(identifier('')).setAny(empty());
  return withStatus(response, failure.code, failure.message, detailOf(failure));
}

function detailOf(failure: CallFailure): Detail {
  const [kind] = failure.metadata.get('exception');
  if (kind === 'maximum-append-size-exceeded') {
    const exceeded = new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_BYTES);
    return ['event_store.client.MaximumAppendSizeExceeded', exceeded];
  }
  if (kind === 'access-denied') return ['event_store.client.AccessDenied', new shared.AccessDenied()];
  // Of all that this call can say the client takes only this for an error with a name that is worth another try.
  if (failure.code === status.UNAVAILABLE) return ['event_store.client.Timeout', new shared.Timeout()];
  if (failure.code !== status.INVALID_ARGUMENT) return ['google.protobuf.Empty', empty()];
  return ['event_store.client.BadRequest', new shared.BadRequest().setMessage(failure.message)];
}

function subject({ stream, expected }: Proposal): BatchAppendResp {
  const response = new streams.BatchAppendResp().setStreamIdentifier(identifier(stream));
  if (expected === 'any') return response.setAny(empty());
  if (expected === 'no_stream') return response.setNoStream(empty());
  if (expected === 'stream_exists') return response.setStreamExists(empty());
  return response.setStreamPosition(String(expected));
}

function identifier(stream: string): StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));
}

function success({
  revision,
  position,
}: Extract<AppendOutcome, { kind: 'written' }>): BatchAppendResp.Success {
  const written = new streams.BatchAppendResp.Success();
  if (revision < 0) written.setNoStream(empty());
  else written.setCurrentRevision(String(revision));
  if (position === undefined) return written.setNoPosition(empty());
  const at = new shared.AllStreamPosition();
  return written.setPosition(at.setCommitPosition(String(position)).setPreparePosition(String(position)));
}

function wrongExpectedVersion(expected: ExpectedRevision, current: number): Detail[1] {
  const wrong = new shared.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(empty());
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === 'any') return wrong.setExpectedAny(empty());
  if (expected === 'no_stream') return wrong.setExpectedNoStream(empty());
  if (expected === 'stream_exists') return wrong.setExpectedStreamExists(empty());
  return wrong.setExpectedStreamPosition(String(expected));
}

function withStatus(
  response: BatchAppendResp,
  code: status,
  message: string,
  [name, detail]: Detail,
): BatchAppendResp {
  const any = new anyPb.Any();
  any.pack(detail.serializeBinary(), name);
  // google.rpc.Code and gRPC's status are the same numbers.
  return response.setError(new statusPb.Status().setCode(Number(code)).setMessage(message).setDetails(any));
}
