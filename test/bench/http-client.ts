import { Agent, request } from 'node:http';
import type { App } from '../support/apps.js';

/** What a command was answered with. */
export interface Acknowledged {
  readonly id: string;
  readonly events: readonly { readonly eventId: string }[];
}

/** A service that sends commands: Node's own client with kept connections, which costs less of the machine than fetch. */
export class HttpClient {
  private readonly agent: Agent;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly base: URL;

  constructor({ url, token }: Pick<App, 'url' | 'token'>, connections: number) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.base = new URL(url);
    this.headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  /** @throws Error when the command is not acknowledged */
  async post(path: string, body: unknown, key: string): Promise<Acknowledged> {
    const { status, text } = await this.send(path, JSON.stringify(body), key);
    if (status >= 300) throw new Error(`${path} was answered ${status}: ${text}`);
    return JSON.parse(text) as Acknowledged; // What `commandAnswer` of libs/web promises.
  }

  close(): void {
    this.agent.destroy();
  }

  private send(path: string, body: string, key: string): Promise<{ status: number; text: string }> {
    const { hostname, port } = this.base;
    const headers = { ...this.headers, 'content-length': Buffer.byteLength(body), 'idempotency-key': key };
    return new Promise((resolve, reject) => {
      const sent = request(
        { hostname, port, path, method: 'POST', agent: this.agent, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
