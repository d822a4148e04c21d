import { ContractClient } from './contract-client.js';
import { customerId } from './contract.js';
import type { Random } from './random.js';

/** What is asked of a contract: the last part of its route, and the body. */
export type Asked = readonly [route: string, body: object];

export const draft = {
  customerId,
  carrierBranch: 'branch:tj-03',
  product: 'leased-ip-line',
  bandwidthMbps: 100,
  sites: ['site:incubator-1'],
  paymentManner: 'transfer-cheque',
  waiverReason: 'group-customer-agreement',
};

/** Month and day of the few dates on which contracts take effect: each of their terms ends at its own instant. */
const days = ['01-31', '02-28', '03-01', '08-31'];

/** The acts that make a contract effective on a day of the last year, so that it has been renewed at least once when it is asked next. */
export function executedIn(clockAt: string, random: Random): readonly Asked[] {
  const date = `${Number(clockAt.slice(0, 4)) - 1}-${random.pick(days)}`;
  return ContractClient.execution(date) as readonly Asked[]; // Its bodies are JSON objects.
}

/** Something that happens to a contract on the day at which the clock stands: refused where it does not fit. */
export function anyLater(clockAt: string, random: Random): Asked {
  const on = clockAt.slice(0, 10);
  const reference = `${random.whole(1, 1_000_000)}`;
  const act = (party: string) => ({
    on,
    evidence: `scan:${party}-${reference}`,
    signatory: `contact:${party}`,
  });
  const amend: Asked = [
    'amend',
    {
      agreement: `supplement:${reference}`,
      cause: 'change',
      acts: { A: act('A'), B: act('B') },
      effectiveOn: on,
      changes: { bandwidthMbps: random.whole(1, 1_000) },
    },
  ];
  const notice = { from: 'A', medium: 'letter', arrivedAt: clockAt, evidence: `letter-in:${reference}` };
  const end = { ground: 'MUTUAL', agreement: `agreement:${reference}`, agreedOn: on };
  return random.pick<Asked>([
    ...[amend, amend, amend, amend],
    ['responsibility-letter', { letter: `letter:${reference}` }],
    ['sign', { ...act('A'), party: 'A' }],
    ...(random.chance(0.3) ? [['notices', notice] as const] : []),
    ...(random.chance(0.2) ? [['terminate', { ...end, reason: { code: 'mutual-agreement' } }] as const] : []),
  ]);
}
