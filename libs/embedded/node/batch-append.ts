import type { handleBidiStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import { once } from 'node:events';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { batchFailure, batchResponse } from './batch-response.js';
import { uuidText } from './codec.js';
import { WRITE_TIMEOUT_MS, withinTime } from './deadline.js';
import { badRequest, CallFailure } from './errors.js';
import type { Caller, Guard } from './guard.js';
import type { Log } from './log.js';
import type { OpenCalls } from './open-calls.js';
import { expectedRevisionOf, Proposal, writableStreamOf } from './proposal.js';

type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** So much may be on its way to the disk before the server stops reading further appends. */
const BACKLOG_BYTES = 8 * 1024 * 1024;

/** An append that arrives in parts, or is being written. */
interface Pending {
  readonly proposal: Proposal | undefined;
  readonly deadlineMs: number;
  /** Why it will be refused when its last part has arrived. */
  refusal?: CallFailure;
  writing?: true;
}

/**
 * Streams.BatchAppend: many appends over one call, each known by its correlation id, each answered exactly once. An
 * append is answered after its last part, also if the first was already wrong: the client forgets an id with its answer.
 */
export function batchAppend(
  log: Log,
  guard: Guard,
  calls: OpenCalls,
): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> {
  return (call) =>
    calls.serve(call, async (signal) => {
      const batch = new OpenBatch(log, call, await guard.admit(call.metadata));
      const ended = once(call, 'end', { signal });
      call.on('data', (request: BatchAppendReq) => {
        try {
          batch.receive(request);
        } catch (error) {
          call.emit('error', error);
        }
        void holdBack(log, call, signal);
      });
      try {
        await ended;
      } finally {
        call.pause();
        await batch.answered();
      }
    });
}

/** Stops reading while the disk, or the client with its answers, does not keep up. */
async function holdBack(log: Log, call: BatchCall, signal: AbortSignal): Promise<void> {
  const late = (): boolean => log.writer.backlogBytes > BACKLOG_BYTES;
  if (call.isPaused() || (!late() && !call.writableNeedDrain)) return;
  call.pause();
  try {
    while (late()) await log.writer.nextCommit(signal);
    if (call.writableNeedDrain) await once(call, 'drain', { signal });
    call.resume();
  } catch {
    // The call is over, and nobody waits for the rest of it.
  }
}

/** The appends of one call that are not answered yet. */
class OpenBatch {
  private readonly pending = new Map<string, Pending>();
  private readonly answers = new Set<Promise<void>>();

  constructor(
    private readonly log: Log,
    private readonly call: BatchCall,
    private readonly caller: Caller,
  ) {}

  receive(request: BatchAppendReq): void {
    const id = uuidText(request.getCorrelationId());
    let append = this.pending.get(id);
    if (append?.writing) throw badRequest(`The correlation id ${id} is already in use.`);
    if (!append) {
      append = begin(request, this.caller);
      this.pending.set(id, append);
    }
    this.collect(append, request);
    if (!request.getIsFinal()) return;
    append.writing = true;
    const answer = this.answer(append).then((response) => {
      this.pending.delete(id);
      this.answers.delete(answer);
      if (this.call.writable) this.call.write(response.setCorrelationId(request.getCorrelationId()));
    });
    this.answers.add(answer);
  }

  /** Resolves when every complete append has its answer. */
  async answered(): Promise<void> {
    await Promise.all(this.answers);
  }

  private collect(append: Pending, request: BatchAppendReq): void {
    if (append.refusal) return;
    try {
      for (const message of request.getProposedMessagesList()) append.proposal?.add(message);
    } catch (error) {
      append.refusal = asRefusal(error);
    }
  }

  private async answer({ proposal, deadlineMs, refusal }: Pending): Promise<BatchAppendResp> {
    if (refusal) return batchFailure(refusal, proposal);
    if (!proposal) return batchFailure(badRequest('The append had no options.'), proposal);
    const remainingMs = deadlineMs - Date.now();
    if (remainingMs <= 0) return batchResponse(proposal, 'timeout');
    try {
      const outcome = this.log.append(proposal.stream, proposal.expected, proposal.events);
      return batchResponse(proposal, await withinTime(outcome, Math.min(remainingMs, WRITE_TIMEOUT_MS)));
    } catch (error) {
      return batchFailure(error, proposal);
    }
  }
}

function begin(request: BatchAppendReq, caller: Caller): Pending {
  const options = request.getOptions();
  if (!options) return { proposal: undefined, deadlineMs: 0 };
  const deadlineMs = options.getDeadline()?.toDate().getTime() ?? Infinity;
  let proposal: Proposal | undefined;
  try {
    const stream = writableStreamOf(options.getStreamIdentifier());
    const position = options.hasStreamPosition() ? options.getStreamPosition() : undefined;
    proposal = new Proposal(stream, expectedRevisionOf(options, position));
    caller.check('write', stream);
    return { proposal, deadlineMs };
  } catch (error) {
    return { proposal, deadlineMs, refusal: asRefusal(error) };
  }
}

function asRefusal(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  throw error;
}
