import { z } from 'zod';
import { counterparts } from '#contract/events';
import { contractPolicy } from '#contract/policy';
import { fen } from '#kernel/money';
import { instant, localDate } from '#kernel/time';
import { coded } from './coded.js';
import { why, whys } from './why.js';

const acts = z.object({ A: localDate.nullable(), B: localDate.nullable() });

export const termAnswer = z.object({
  termNo: z.int(),
  state: coded,
  renewal: coded,
  startsOn: localDate,
  endsOn: localDate,
  expiresAt: instant,
  noticeLimitOn: localDate,
  forwardLimitOn: localDate,
  timelyFrom: instant.nullable(),
  timelyBefore: instant,
  locksAt: instant,
  lockedAt: instant.nullable(),
  annualFeeFen: fen,
  why: whys,
});

export const noticeAnswer = z.object({
  id: z.uuid(),
  termNo: z.int(),
  givenBy: coded,
  medium: coded,
  sentAt: instant.nullable(),
  arrivedAt: instant,
  evidence: z.string(),
  enteredBy: z.string(),
  enteredAt: instant,
  timeliness: coded,
  effect: coded,
  decided: z.object({ accepted: z.boolean(), by: z.string(), at: instant }).nullable(),
  withdrawn: z.object({ at: instant, basis: coded }).nullable(),
  rescindedAt: instant.nullable(),
  why: whys,
});

/** What a list shows of a contract. */
export const contractSummary = z.object({
  id: z.uuid(),
  revision: z.bigint(),
  customerId: z.uuid(),
  carrierBranch: z.string(),
  product: coded,
  bandwidthMbps: z.int(),
  status: coded,
  effectiveOn: localDate.nullable(),
  endedAt: instant.nullable(),
  updatedAt: instant,
  term: termAnswer.omit({ why: true }).nullable().meta({ description: 'The current term, or the last.' }),
});

export const contractAnswer = contractSummary.omit({ term: true }).extend({
  sites: z.array(z.string()),
  paymentManner: coded,
  fee: z
    .object({ annualFeeFen: fen, annualFeeCapital: z.string() })
    .nullable()
    .meta({ description: 'As last agreed; what a term costs stands with the term.' }),
  amendedFrom: localDate.nullable(),
  execution: z.object({
    responsibilityLetter: z.string().nullable(),
    signed: acts,
    sealed: acts,
    counterparts: counterparts.nullable(),
    performedOn: localDate.nullable(),
    legalConfirmation: z.string().nullable(),
    missing: z.array(coded).meta({ description: 'What a draft still needs before it takes effect.' }),
  }),
  formedBy: coded.nullable(),
  policyVersion: z.int(),
  policy: contractPolicy,
  terminationGround: coded.nullable(),
  survives: z.array(coded),
  termNo: z.int().nullable().meta({ description: 'The current term, or the last.' }),
  terms: z.array(termAnswer),
  notices: z.array(noticeAnswer),
  next: z
    .array(z.object({ what: coded, at: instant, why: why.nullable() }))
    .meta({ description: 'What falls due, in order.' }),
  why: whys,
});
