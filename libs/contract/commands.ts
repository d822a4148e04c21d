import { z } from 'zod';
import { byDeadline } from '#kernel/command';
import { id, reasonCode, reference } from '#kernel/text';
import { instant, localDate } from '#kernel/time';
import {
  act,
  amendmentCause,
  amendmentChanges,
  bandwidthMbps,
  counterpart,
  fee,
  medium,
  party,
  paymentManner,
  product,
  sites,
  terminationGround,
} from './events.js';

const clerk = ['contract-clerk', 'contract-supervisor', 'service'];
const supervisor = ['contract-supervisor'];

// Stored shapes ignore what they do not know; what is asked must be known to the last field.
const strictAct = z.strictObject(act.shape);
const strictFee = z.strictObject(fee.shape);

/** What can be asked of a contract. */
export const contractCommands = {
  DraftContract: {
    shape: z.strictObject({
      customerId: id,
      carrierBranch: reference,
      product,
      bandwidthMbps,
      sites,
      paymentManner,
      waiverReason: reasonCode,
    }),
    route: 'POST /contracts',
    roles: clerk,
    does: 'Drafts a contract for a leased line under the policies that are active now; the one-off fees are waived.',
  },
  SetFee: {
    shape: strictFee,
    route: 'POST /contracts/{id}/fee',
    roles: clerk,
    does: 'Sets the annual fee in both notations, which must denote the same amount.',
  },
  RecordResponsibilityLetter: {
    shape: z.strictObject({ letter: reference }),
    route: 'POST /contracts/{id}/responsibility-letter',
    roles: clerk,
    does: 'Records the signed information security responsibility letter.',
  },
  SignContract: {
    shape: strictAct.extend({ party }),
    route: 'POST /contracts/{id}/sign',
    roles: clerk,
    does: 'Records that a party signed. The act that completes execution makes the contract effective.',
  },
  SealContract: {
    shape: strictAct.extend({ party }),
    route: 'POST /contracts/{id}/seal',
    roles: clerk,
    does: 'Records that a party sealed. The act that completes execution makes the contract effective.',
  },
  RecordCounterparts: {
    shape: z.strictObject({ counterparts: z.array(z.strictObject(counterpart.shape)).length(4) }),
    route: 'POST /contracts/{id}/counterparts',
    roles: clerk,
    does: 'Registers the four counterparts of the contract, two with each party.',
  },
  RecordFormationByPerformance: {
    shape: z.strictObject({ performedOn: localDate, evidence: reference }),
    route: 'POST /contracts/{id}/formation-by-performance',
    roles: clerk,
    does: 'Records that one party performed its main obligation and the other accepted it before execution.',
  },
  ConfirmFormationByPerformance: {
    shape: z.strictObject({ legalConfirmation: reference }),
    route: 'POST /contracts/{id}/formation-by-performance/confirm',
    roles: supervisor,
    does: 'Confirms the formation by performance, by another person than recorded it; the contract becomes effective.',
    sensitive: true,
  },
  AmendContract: {
    shape: z.strictObject({
      agreement: reference,
      cause: amendmentCause,
      acts: z.strictObject({ A: strictAct, B: strictAct }),
      effectiveOn: localDate,
      changes: z.strictObject({ ...amendmentChanges.shape, fee: strictFee.optional() }),
    }),
    route: 'POST /contracts/{id}/amend',
    roles: clerk,
    does: 'Records a supplementary agreement of both parties. A changed fee counts for the terms that start from then on, also where they have begun already.',
  },
  ReceiveNonRenewalNotice: {
    shape: z.strictObject({
      from: party,
      medium,
      sentAt: instant.optional(),
      arrivedAt: instant,
      evidence: reference,
    }),
    route: 'POST /contracts/{id}/notices',
    roles: clerk,
    does: 'Records a written notice of non-renewal and tells by its arrival whether it is on time.',
  },
  DecideDisputableNotice: {
    shape: z.strictObject({ noticeId: id, accepted: z.boolean() }),
    route: 'POST /contracts/{id}/notices/decide',
    roles: supervisor,
    does: 'Decides whether a notice that arrived in the grey zone counts.',
    sensitive: true,
  },
  WithdrawNotice: {
    shape: z.strictObject({ noticeId: id, arrivedAt: instant, evidence: reference }),
    route: 'POST /contracts/{id}/notices/withdraw',
    roles: clerk,
    does: 'Records a withdrawal that arrived before or together with the notice itself.',
  },
  ConsentToWithdrawal: {
    shape: z.strictObject({ noticeId: id, from: party, arrivedAt: instant, evidence: reference }),
    route: 'POST /contracts/{id}/notices/consent-to-withdrawal',
    roles: clerk,
    does: "Records the other party's consent, before expiry, to taking a notice back.",
  },
  RescindRenewal: {
    shape: z.strictObject({ noticeId: id }),
    route: 'POST /contracts/{id}/rescind-renewal',
    roles: supervisor,
    does: 'Undoes renewals that a notice prevented which arrived in time but was entered too late; by another person than entered it.',
    sensitive: true,
  },
  RescindExpiry: {
    shape: z.strictObject({ noticeId: id }),
    route: 'POST /contracts/{id}/rescind-expiry',
    roles: supervisor,
    does: 'Undoes an expiry by a notice that was taken back in time but whose withdrawal was entered too late; by another person than entered it.',
    sensitive: true,
  },
  TerminateContract: {
    shape: z.strictObject({ ground: terminationGround, agreement: reference, agreedOn: localDate }),
    route: 'POST /contracts/{id}/terminate',
    roles: supervisor,
    does: 'Ends the contract now, by agreement of both parties.',
    sensitive: true,
  },
  RemindOfNoticeLimit: byDeadline('Reminds both parties that the notice limit is near.'),
  LockRenewal: byDeadline('Locks the renewal once no notice can stop it any more.'),
  EndTerm: byDeadline('Ends the term: the contract is renewed, or it expires.'),
} as const;
