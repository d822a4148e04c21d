import type { handleClientStreamingCall, handleUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision } from './append.js';
import { WRITE_TIMEOUT_MS, withinTime } from './deadline.js';
import type { Guard } from './guard.js';
import { asCallFailure, badRequest, streamDeleted, wrongExpectedVersion, writeTimeout } from './errors.js';
import type { AppendOutcome, Log } from './log.js';
import { expectedRevisionOf, Proposal, writableStreamOf } from './proposal.js';

/** Streams.Append: the header with the stream first, then one message for each event. */
export function append(log: Log, guard: Guard): handleClientStreamingCall<AppendReq, AppendResp> {
  return (call, callback) =>
    answer(callback, async () => {
      const caller = await guard.admit(call.metadata);
      let proposal: Proposal | undefined;
      for await (const message of call as AsyncIterable<AppendReq>) {
        const options = message.getOptions();
        const event = message.getProposedMessage();
        if (options) {
          proposal = new Proposal(writableStreamOf(options.getStreamIdentifier()), expectationOf(options));
          caller.check('write', proposal.stream);
        }
        if (event) proposal?.add(event);
      }
      if (!proposal) throw badRequest('The call had no options.');
      const { stream, expected, events } = proposal;
      const outcome = await outcomeOf(log.append(stream, expected, events), stream);
      return outcome.kind === 'written' ? success(outcome) : wrongVersion(expected, outcome.current);
    });
}

/** Streams.Delete: the stream reads as if it did not exist until it is written to again. */
export function softDelete(log: Log, guard: Guard): handleUnaryCall<DeleteReq, DeleteResp> {
  return (call, callback) =>
    answer(callback, async () => {
      const { stream, expected } = subjectOf(call.request);
      (await guard.admit(call.metadata)).check('delete', stream);
      const position = await positionOf(log.softDelete(stream, expected), stream, expected);
      const at = new streams.DeleteResp.Position().setCommitPosition(position).setPreparePosition(position);
      return new streams.DeleteResp().setPosition(at);
    });
}

/** Streams.Tombstone: the stream ends for good. */
export function tombstone(log: Log, guard: Guard): handleUnaryCall<TombstoneReq, TombstoneResp> {
  return (call, callback) =>
    answer(callback, async () => {
      const { stream, expected } = subjectOf(call.request);
      (await guard.admit(call.metadata)).check('delete', stream);
      const position = await positionOf(log.tombstone(stream, expected), stream, expected);
      const at = new streams.TombstoneResp.Position()
        .setCommitPosition(position)
        .setPreparePosition(position);
      return new streams.TombstoneResp().setPosition(at);
    });
}

/** Answers a unary call with what `respond` resolves to; what it throws becomes the call's status. */
export function answer<Response>(callback: sendUnaryData<Response>, respond: () => Promise<Response>): void {
  respond().then(
    (response) => callback(null, response),
    (error: unknown) => callback(asCallFailure(error)),
  );
}

const expectationOf = (options: AppendReq.Options): ExpectedRevision =>
  expectedRevisionOf(options, options.hasRevision() ? options.getRevision() : undefined);

function subjectOf(request: DeleteReq | TombstoneReq): { stream: string; expected: ExpectedRevision } {
  const options = request.getOptions();
  if (!options) throw badRequest('The call had no options.');
  const revision = options.hasRevision() ? options.getRevision() : undefined;
  return {
    stream: writableStreamOf(options.getStreamIdentifier()),
    expected: expectedRevisionOf(options, revision),
  };
}

async function outcomeOf(
  pending: Promise<AppendOutcome>,
  stream: string,
): Promise<Exclude<AppendOutcome, { kind: 'deleted' }>> {
  const outcome = await withinTime(pending, WRITE_TIMEOUT_MS);
  if (outcome === 'timeout') throw writeTimeout();
  if (outcome.kind === 'deleted') throw streamDeleted(stream);
  return outcome;
}

async function positionOf(
  pending: Promise<AppendOutcome>,
  stream: string,
  expected: ExpectedRevision,
): Promise<string> {
  const outcome = await outcomeOf(pending, stream);
  if (outcome.kind === 'wrong-revision') throw wrongExpectedVersion(stream, expected, outcome.current);
  return String(outcome.position);
}

function success({ revision, position }: Extract<AppendOutcome, { kind: 'written' }>): AppendResp {
  const written = new streams.AppendResp.Success();
  if (revision < 0) written.setNoStream(new shared.Empty());
  else written.setCurrentRevision(String(revision));
  if (position === undefined) written.setNoPosition(new shared.Empty());
  else {
    const at = new streams.AppendResp.Position();
    written.setPosition(at.setCommitPosition(String(position)).setPreparePosition(String(position)));
  }
  return new streams.AppendResp().setSuccess(written);
}

function wrongVersion(expected: ExpectedRevision, current: number): AppendResp {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(current));
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
}
