import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problems } from './problem.js';
import { sendProblem } from './send-problem.js';

/** What must be answered however busy the process is: an overloaded app is not a dead one. */
const alwaysOpen = new Set(['/health/live', '/health/ready', '/metrics']);

/** Why a place is still taken: its answer is not made, or its handler is not done. */
type Hold = 'answer' | 'work';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where no place is needed. */
    place: Place | null;
  }
}

/** One request's place among those in flight: who hangs up, or was told that it takes too long, does not free it while the work goes on. */
export class Place {
  private readonly holds = new Set<Hold>(['answer']);

  constructor(private readonly leave: () => void) {}

  hold(what: Hold): void {
    this.holds.add(what);
  }

  release(what: Hold): void {
    if (this.holds.delete(what) && this.holds.size === 0) this.leave();
  }
}

/** Lets in as many requests as may be worked on at once, and none once it is closed; all others are refused before any work. */
export class Gate {
  inFlight = 0;
  private closed = false;

  constructor(private readonly maxInFlight: number) {}

  close(): void {
    this.closed = true;
  }

  guard(server: FastifyInstance): void {
    server.decorateRequest('place', null);
    const admit = (request: FastifyRequest, reply: FastifyReply, enter: () => void) => {
      if (alwaysOpen.has(request.routeOptions.url ?? '')) return;
      const refusal = this.refusal();
      if (refusal) sendProblem(request, reply, new Problem(refusal));
      else enter();
    };
    // Refused before any work; but a place is taken only by a request that has come whole, or whoever sends half of
    // one and then falls silent would shut out everybody else.
    server.addHook('onRequest', (request, reply, done) => {
      admit(request, reply, () => undefined);
      if (!reply.sent) done();
    });
    server.addHook('preValidation', (request, reply, done) => {
      admit(request, reply, () => (request.place = this.enter()));
      if (!reply.sent) done();
    });
    server.addHook('onSend', (request, reply, _payload, done) => {
      request.place?.release('answer');
      // Otherwise the connection would be kept, idle, and hold up the stop.
      if (this.closed) void reply.header('Connection', 'close');
      done();
    });
  }

  private refusal() {
    if (this.closed) return problems.stopping;
    return this.inFlight >= this.maxInFlight ? problems.overloaded : undefined;
  }

  private enter(): Place {
    this.inFlight += 1;
    return new Place(() => (this.inFlight -= 1));
  }
}
