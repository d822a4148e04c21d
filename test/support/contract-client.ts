import { ask, type App, type Reply } from './apps.js';
import { customerId } from './contract.js';

/** What a clerk and a supervisor ask of contracts over HTTP. `commands` and `queries` may be one application or two. */
export class ContractClient {
  constructor(
    private readonly commands: Pick<App, 'url' | 'token'>,
    private readonly queries = commands,
  ) {}

  async draft(key?: string): Promise<Reply> {
    const draft = {
      customerId,
      carrierBranch: 'branch:tj-03',
      product: 'leased-ip-line',
      bandwidthMbps: 100,
      sites: ['site:incubator-1'],
      paymentManner: 'transfer-cheque',
      waiverReason: 'group-customer-agreement',
    };
    return ask(this.commands, 'POST', '/v1/contracts', draft, keyed(key));
  }

  command(id: string, route: string, body: unknown, headers = {}): Promise<Reply> {
    return ask(this.commands, 'POST', `/v1/contracts/${id}/${route}`, body, headers);
  }

  /** The four acts of that day and what goes before them, in order: the last makes the contract effective. */
  static execution(date: string): readonly (readonly [route: string, body: unknown])[] {
    const act = (party: string) => ({
      party,
      on: date,
      evidence: `scan:${party}`,
      signatory: `contact:${party}`,
    });
    return [
      ['fee', { annualFeeFen: 12_000_000, annualFeeCapital: '壹拾贰万元整' }],
      ['responsibility-letter', { letter: 'letter:2025-117' }],
      ['sign', act('A')],
      ['seal', act('A')],
      ['sign', act('B')],
      ['seal', act('B')],
    ];
  }

  /** A contract in force since that day. Throws what was refused. */
  async effective(date: string): Promise<string> {
    const id = String(answered(await this.draft())['id']);
    for (const [route, body] of ContractClient.execution(date)) answered(await this.command(id, route, body));
    return id;
  }

  async show(id: string, atLeast?: string): Promise<Reply> {
    const query = atLeast === undefined ? '' : `?atLeast=${encodeURIComponent(atLeast)}`;
    return ask(this.queries, 'GET', `/v1/contracts/${id}${query}`);
  }
}

export const keyed = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { 'idempotency-key': key };

/** Every instant in between at which something falls due is played. */
const CLOCK_LIMIT_MS = 60_000;

/** Moves the simulated clock. */
export async function advanceClock(app: Pick<App, 'url' | 'token'>, to: string): Promise<Reply['body']> {
  return answered(await ask(app, 'POST', '/v1/clock', { to }, {}, CLOCK_LIMIT_MS));
}

export function answered({ status, body }: Reply): Reply['body'] {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}
