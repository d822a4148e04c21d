import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problems } from './problem.js';
import { sendProblem } from './send-problem.js';

/** What must be answered however busy the process is: an overloaded app is not a dead one. */
const alwaysOpen = new Set(['/health/live', '/health/ready', '/metrics']);

/** Lets in as many requests as may be worked on at once, and none once it is closed; all others are refused before any work. */
export class Gate {
  inFlight = 0;
  private closed = false;

  constructor(private readonly maxInFlight: number) {}

  close(): void {
    this.closed = true;
  }

  guard(server: FastifyInstance): void {
    const leaving = new WeakMap<FastifyRequest, (half: Half) => void>();
    server.addHook('onRequest', (request, reply, done) => {
      if (alwaysOpen.has(request.routeOptions.url ?? '')) return done();
      if (this.closed) return sendProblem(request, reply, new Problem(problems.stopping));
      if (this.inFlight >= this.maxInFlight)
        return sendProblem(request, reply, new Problem(problems.overloaded));
      const leave = this.enter();
      leaving.set(request, leave);
      reply.raw.once('close', () => leave('connection'));
      done();
    });
    server.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply) => {
      leaving.get(request)?.('answer');
      // Otherwise the connection would be kept, idle, and hold up the stop.
      if (this.closed) void reply.header('Connection', 'close');
    });
  }

  /** A place is free again when the answer was made and sent: who hangs up does not free it while the work goes on. */
  private enter(): (half: Half) => void {
    this.inFlight += 1;
    const open = new Set<Half>(['answer', 'connection']);
    return (half) => {
      if (open.delete(half) && open.size === 0) this.inFlight -= 1;
    };
  }
}
type Half = 'answer' | 'connection';
