import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import { asCallFailure, notServing, stopping } from './errors.js';

type StreamingCall<Request, Response> =
  ServerWritableStream<Request, Response> | ServerDuplexStream<Request, Response>;

/** The streaming calls that are being served, so that a stopping server can end them with a status. */
export class OpenCalls {
  private readonly open = new Map<AbortController, Promise<void>>();
  private stopped = false;

  /**
   * Runs a call to its end. The signal aborts when the client is gone or the server stops; the call then ends with
   * CANCELLED. A call that comes later is UNAVAILABLE. What `run` throws becomes the call's status.
   */
  serve<Request, Response>(
    call: StreamingCall<Request, Response>,
    run: (signal: AbortSignal) => Promise<void>,
  ): void {
    if (this.stopped) {
      call.emit('error', notServing());
      return;
    }
    const controller = new AbortController();
    const ended = this.run(call, run, controller).finally(() => this.open.delete(controller));
    this.open.set(controller, ended);
  }

  /** Ends all calls and resolves when they have ended. */
  async end(): Promise<void> {
    this.stopped = true;
    for (const controller of this.open.keys()) controller.abort();
    await Promise.all(this.open.values());
  }

  private async run<Request, Response>(
    call: StreamingCall<Request, Response>,
    run: (signal: AbortSignal) => Promise<void>,
    controller: AbortController,
  ): Promise<void> {
    call.once('cancelled', () => controller.abort());
    call.once('close', () => controller.abort());
    try {
      await run(controller.signal);
      if (this.stopped) throw stopping();
      call.end();
    } catch (error) {
      if (call.cancelled || !call.writable) return;
      call.emit('error', this.stopped ? stopping() : asCallFailure(error));
    }
  }
}
