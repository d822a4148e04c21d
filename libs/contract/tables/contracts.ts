import type { Recorded } from '#kernel/recorded';
import { rowsOf } from '#projection/change';
import { projection } from '#projection/projection';
import { contractEvents } from '../events.js';
import { ContractRow } from './contract-row.js';

const contract = rowsOf(ContractRow, 'id');

/** What a draft does not have yet. */
const unknown = {
  annualFeeFen: null,
  annualFeeCapital: null,
  amendedFrom: null,
  responsibilityLetter: null,
  signedAOn: null,
  sealedAOn: null,
  signedBOn: null,
  sealedBOn: null,
  counterparts: null,
  performedOn: null,
  legalConfirmation: null,
  effectiveOn: null,
  formedBy: null,
  termNo: null,
  endedAt: null,
  terminationGround: null,
};

/** Every event moves the revision, also one that changes nothing else here. */
const changed = ({ id, revision, meta }: Recorded, values: Parameters<typeof contract.set>[1] = {}) =>
  contract.set(id, { ...values, revision, updatedAt: meta.recordedAt });

export const contracts = projection({
  name: 'contracts',
  version: 1,
  rows: contract,
  events: [contractEvents],
  on: {
    ContractDrafted: ({ id, revision, meta, data }) => {
      const draft = { ...unknown, status: 'draft' as const, survives: [], why: {} };
      return contract.insert({ ...draft, ...data, id, revision, updatedAt: meta.recordedAt });
    },
    FeeSet: (event) => changed(event, agreedFee(event.data)),
    ResponsibilityLetterRecorded: (event) => changed(event, { responsibilityLetter: event.data.letter }),
    PartySigned: (event) => {
      const { party, on } = event.data;
      return changed(event, party === 'A' ? { signedAOn: on } : { signedBOn: on });
    },
    PartySealed: (event) => {
      const { party, on } = event.data;
      return changed(event, party === 'A' ? { sealedAOn: on } : { sealedBOn: on });
    },
    CounterpartsRecorded: (event) => changed(event, { counterparts: event.data.counterparts }),
    FormationByPerformanceRecorded: (event) => changed(event, { performedOn: event.data.performedOn }),
    FormationByPerformanceConfirmed: (event) =>
      changed(event, { legalConfirmation: event.data.legalConfirmation }),
    ContractBecameEffective: (event) => {
      const { effectiveOn, by, term } = event.data;
      const why = event.meta.trace?.['effectiveOn'];
      return changed(event, {
        status: 'effective',
        effectiveOn,
        formedBy: by,
        termNo: term.termNo,
        ...(why && { why: { effectiveOn: why } }),
      });
    },
    ContractAmended: (event) => {
      const { effectiveOn, changes } = event.data;
      return changed(event, {
        amendedFrom: effectiveOn,
        ...(changes.fee && agreedFee(changes.fee)),
        ...(changes.bandwidthMbps !== undefined && { bandwidthMbps: changes.bandwidthMbps }),
        ...(changes.sites && { sites: changes.sites }),
      });
    },
    TermRepriced: (event) => changed(event),
    NoticeReminderIssued: (event) => changed(event),
    NonRenewalNoticeReceived: (event) => changed(event),
    NonRenewalNoticeCarriedOver: (event) => changed(event),
    DisputableNoticeDecided: (event) => changed(event),
    NoticeWithdrawn: (event) => changed(event),
    RenewalLockHeld: (event) => changed(event),
    RenewalLocked: (event) => changed(event),
    ContractRenewed: (event) => changed(event, { termNo: event.data.term.termNo }),
    RenewalRescinded: (event) => changed(event, { termNo: event.data.termNo }),
    ContractExpired: (event) =>
      changed(event, {
        status: 'expired',
        termNo: event.data.termNo,
        survives: event.data.survives,
        // A contract that was terminated in a term which is rescinded now has not been terminated.
        endedAt: event.meta.effectiveAt,
        terminationGround: null,
      }),
    ExpiryRescinded: (event) => changed(event, { status: 'effective', endedAt: null, survives: [] }),
    ContractTerminated: (event) =>
      changed(event, {
        status: 'terminated',
        survives: event.data.survives,
        endedAt: event.meta.effectiveAt,
        terminationGround: event.data.ground,
      }),
  },
});

const agreedFee = (fee: { annualFeeFen: number; annualFeeCapital: string }) => ({
  annualFeeFen: BigInt(fee.annualFeeFen),
  annualFeeCapital: fee.annualFeeCapital,
});
