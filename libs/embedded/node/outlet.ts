import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

/** The messages of a read are already encoded: what is stored is what is sent. */
export type ReadCall = ServerWritableStream<ReadReq, Buffer>;

/**
 * Sends one message. Waits as long as the client does not take what was sent before, so that a slow client costs no
 * more memory than a page of records and the connection's buffers.
 */
export async function send(call: ReadCall, message: Buffer, signal: AbortSignal): Promise<void> {
  if (!call.write(message)) await once(call, 'drain', { signal });
}

/** Lets appends and other readers have their turn between two pages. */
export async function yieldTurn(signal: AbortSignal): Promise<void> {
  await nextTurn();
  signal.throwIfAborted();
}
