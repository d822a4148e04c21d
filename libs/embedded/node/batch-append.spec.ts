import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { credentials, status, type ClientDuplexStream } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsRpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { NodeProcess } from '../../../test/conform/node-process.js';

/** What the official client never sends, and a server must survive all the same. */
let node: NodeProcess;
let client: InstanceType<typeof streamsRpc.StreamsClient>;

beforeAll(async () => {
  node = await NodeProcess.start();
  client = new streamsRpc.StreamsClient(`127.0.0.1:${node.port}`, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await node.remove();
});

interface Part {
  readonly id: string;
  readonly stream?: string;
  readonly type?: string;
  readonly bytes?: number;
  readonly final?: boolean;
}

function part({ id, stream, type = 'Part', bytes = 10, final = false }: Part): BatchAppendReq {
  const event = new streams.BatchAppendReq.ProposedMessage();
  event.setId(new shared.UUID().setString(randomUUID())).setData(Buffer.alloc(bytes));
  event.getMetadataMap().set('type', type).set('content-type', 'application/octet-stream');
  const request = new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(id));
  request.addProposedMessages(event);
  if (stream !== undefined) {
    const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
    const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifier);
    request.setOptions(options.setAny(new empty.Empty()));
  }
  return request.setIsFinal(final);
}

/** Sends the parts over one call, closes it and collects the answers: id, then the revision or the error's code. */
async function exchange(parts: readonly BatchAppendReq[]): Promise<[string | undefined, number][]> {
  const call: ClientDuplexStream<BatchAppendReq, BatchAppendResp> = client.batchAppend();
  const answers: [string | undefined, number][] = [];
  call.on('data', (response: BatchAppendResp) => {
    const id = response.getCorrelationId()?.getString();
    answers.push([id, response.getError()?.getCode() ?? Number(response.getSuccess()?.getCurrentRevision())]);
  });
  parts.forEach((request) => call.write(request));
  call.end();
  await once(call, 'end');
  return answers;
}

describe('a stream of batch appends', () => {
  const [a, b] = [randomUUID(), randomUUID()];

  it('answers each append once, with its last part, however they are interleaved', async () => {
    const [x, y] = [randomUUID(), randomUUID()];
    const answers = await exchange([
      part({ id: a, stream: x }),
      part({ id: b, stream: y }),
      part({ id: a }),
      part({ id: b, final: true }),
      part({ id: a, final: true }),
    ]);
    expect(answers).toEqual([
      [b, 1],
      [a, 2],
    ]);
  });

  it.each([
    ['whose first part was already too large', { stream: 'large', bytes: 1024 * 1024 + 1 }],
    ['whose first part had an event without a type', { stream: 'untyped', type: '' }],
    ['whose stream has no name', { stream: '' }],
    ['that never named a stream', {}],
  ])('refuses an append %s once', async (_what, fault) => {
    const answers = await exchange([
      part({ id: a, ...fault }),
      part({ id: a }),
      part({ id: a, final: true }),
    ]);
    expect(answers).toEqual([[a, status.INVALID_ARGUMENT]]);
  });

  it('ends when an id is used for two appends at once', async () => {
    // One of them may be answered before the next arrives, which then is no second use; a hundred in one go outrun any disk.
    const again = Array.from({ length: 100 }, () => part({ id: a, stream: 'again', final: true }));
    await expect(exchange(again)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });
});
