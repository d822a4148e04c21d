import { setTimeout as pause } from 'node:timers/promises';
import { ask, type App } from './apps.js';
import { ContractClient, keyed } from './contract-client.js';
import { customerId } from './contract.js';

/** A command that was acknowledged to a client, and the events that it was told. */
export interface Acknowledged {
  readonly key: string;
  readonly stream: string;
  readonly eventIds: readonly string[];
}

const RETRY_MS = 20;
const draft = {
  customerId,
  carrierBranch: 'branch:tj-03',
  product: 'leased-ip-line',
  bandwidthMbps: 100,
  sites: ['site:incubator-1'],
  paymentManner: 'transfer-cheque',
  waiverReason: 'group-customer-agreement',
};

/**
 * Clients that execute one contract after the other, and write down what was acknowledged. What gets no answer is sent
 * again with the same key until it gets one, as a client should.
 */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  private readonly stopping = new AbortController();
  private readonly clients: Promise<void>[];

  constructor(
    clients: number,
    private readonly date: string,
    private readonly target: (client: number) => Pick<App, 'url' | 'token'>,
  ) {
    this.clients = Array.from({ length: clients }, (_, client) => this.run(client));
    // A client's failure is told when the load is stopped.
    for (const client of this.clients) client.catch(() => undefined);
  }

  /** Ends the load once every command that was begun has been answered. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.clients);
  }

  private async run(client: number): Promise<void> {
    for (let n = 0; !this.stopping.signal.aborted; n++) {
      const key = `client-${client}-${n}`;
      const id = await this.insist(client, key, '/v1/contracts', draft);
      for (const [step, [route, body]] of ContractClient.execution(this.date).entries()) {
        if (this.stopping.signal.aborted) return;
        await this.insist(client, `${key}-${step}`, `/v1/contracts/${id}/${route}`, body);
      }
    }
  }

  private async insist(client: number, key: string, path: string, body: unknown): Promise<string> {
    for (;;) {
      const reply = await ask(this.target(client), 'POST', path, body, keyed(key)).catch(() => undefined);
      if (reply && reply.status < 300) {
        const { id, events } = reply.body as { id: string; events: { eventId: string }[] };
        this.acknowledged.push({
          key,
          stream: `contract-${id}`,
          eventIds: events.map(({ eventId }) => eventId),
        });
        return id;
      }
      // 401: a token of the process that has been replaced meanwhile. 409: others wrote first, too often.
      if (reply && reply.status < 500 && ![401, 409].includes(reply.status))
        throw new Error(`${path} ${key}: ${reply.status} ${JSON.stringify(reply.body)}`);
      await pause(RETRY_MS);
    }
  }
}

/** Moves the clock there, however often it has to be asked. */
export async function insistOnClock(app: () => Pick<App, 'url' | 'token'>, to: string): Promise<void> {
  for (;;) {
    const reply = await ask(app(), 'POST', '/v1/clock', { to }).catch(() => undefined);
    if (reply?.status === 200) return;
    await pause(RETRY_MS);
  }
}
