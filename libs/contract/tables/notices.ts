import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { z } from 'zod';
import type { Instant } from '#kernel/time';
import type { Trace } from '#kernel/trace';
import { ignore, rowsOf } from '#projection/change';
import { instantColumn } from '#projection/columns';
import { projection } from '#projection/projection';
import {
  contractEvents,
  type medium,
  type noticeEffect,
  type Party,
  type timeliness,
  type withdrawalBasis,
} from '../events.js';

@Entity({ schema: 'views', name: 'contract_notices', comment: 'One row per notice of non-renewal' })
@Index('contract_notices_contract', ['contractId', 'termNo'])
@Index('contract_notices_effect', ['effect'])
export class NoticeRow {
  @PrimaryColumn('uuid', { comment: 'The notice' })
  id!: string;

  @Column('uuid', { name: 'contract_id', comment: 'The contract' })
  contractId!: string;

  @Column('integer', { name: 'term_no', comment: 'The term that it counts for' })
  termNo!: number;

  @Column('text', { name: 'given_by', comment: 'The party that gave it: A or B' })
  givenBy!: Party;

  @Column('text', { comment: 'How it came' })
  medium!: z.output<typeof medium>;

  @Column('timestamptz', {
    name: 'sent_at',
    nullable: true,
    transformer: instantColumn,
    comment: 'When it was sent, where that is known',
  })
  sentAt!: Instant | null;

  @Column('timestamptz', { name: 'arrived_at', transformer: instantColumn, comment: 'When it arrived' })
  arrivedAt!: Instant;

  @Column('text', { comment: 'Where the notice itself is kept' })
  evidence!: string;

  @Column('text', { name: 'entered_by', comment: 'Who entered it' })
  enteredBy!: string;

  @Column('timestamptz', { name: 'entered_at', transformer: instantColumn, comment: 'When it was entered' })
  enteredAt!: Instant;

  @Column('text', { comment: 'early, timely, disputable or late, told by its arrival' })
  timeliness!: z.output<typeof timeliness>;

  @Column('text', {
    comment:
      'What it does now; to-be-decided, needs-rescission and expiry-needs-rescission wait for a person',
  })
  effect!: z.output<typeof noticeEffect>;

  @Column('boolean', { nullable: true, comment: 'How a disputable notice was decided; null before' })
  accepted!: boolean | null;

  @Column('text', { name: 'decided_by', nullable: true, comment: 'Who decided it' })
  decidedBy!: string | null;

  @Column('timestamptz', {
    name: 'decided_at',
    nullable: true,
    transformer: instantColumn,
    comment: 'When it was decided',
  })
  decidedAt!: Instant | null;

  @Column('timestamptz', {
    name: 'withdrawn_at',
    nullable: true,
    transformer: instantColumn,
    comment: 'When its withdrawal, or the consent to it, arrived',
  })
  withdrawnAt!: Instant | null;

  @Column('text', { name: 'withdrawal_basis', nullable: true, comment: 'Why it could be taken back' })
  withdrawalBasis!: z.output<typeof withdrawalBasis> | null;

  @Column('timestamptz', {
    name: 'rescinded_at',
    nullable: true,
    transformer: instantColumn,
    comment: 'When the renewal that it, or the expiry that its withdrawal prevented was rescinded',
  })
  rescindedAt!: Instant | null;

  @Column('jsonb', { comment: 'How its timeliness came about: rule, version, inputs, result' })
  why!: Readonly<Record<string, Trace>>;
}

const notice = rowsOf(NoticeRow, 'id');

export const contractNotices = projection({
  name: 'contract-notices',
  version: 1,
  rows: notice,
  events: [contractEvents],
  on: {
    ContractDrafted: ignore,
    FeeSet: ignore,
    ResponsibilityLetterRecorded: ignore,
    PartySigned: ignore,
    PartySealed: ignore,
    CounterpartsRecorded: ignore,
    FormationByPerformanceRecorded: ignore,
    FormationByPerformanceConfirmed: ignore,
    ContractBecameEffective: ignore,
    ContractAmended: ignore,
    TermRepriced: ignore,
    NoticeReminderIssued: ignore,
    NonRenewalNoticeReceived: ({ id, data, meta }) => {
      const { noticeId, from, sentAt = null } = data;
      return notice.insert({
        ...data,
        id: noticeId,
        contractId: id,
        givenBy: from,
        sentAt,
        enteredBy: meta.actor,
        enteredAt: meta.recordedAt,
        accepted: null,
        decidedBy: null,
        decidedAt: null,
        withdrawnAt: null,
        withdrawalBasis: null,
        rescindedAt: null,
        why: meta.trace ?? {},
      });
    },
    NonRenewalNoticeCarriedOver: ({ data }) => notice.set(data.noticeId, { effect: 'ends-term' }),
    DisputableNoticeDecided: ({ data: { noticeId, accepted, effect }, meta }) =>
      notice.set(noticeId, { accepted, effect, decidedBy: meta.actor, decidedAt: meta.recordedAt }),
    NoticeWithdrawn: ({ data: { noticeId, basis, arrivedAt, effect } }) =>
      notice.set(noticeId, { effect: effect ?? 'none', withdrawnAt: arrivedAt, withdrawalBasis: basis }),
    RenewalLockHeld: ignore,
    RenewalLocked: ignore,
    ContractRenewed: ignore,
    RenewalRescinded: ({ data, meta }) =>
      notice.set(data.noticeId, { effect: 'ends-term', rescindedAt: meta.recordedAt }),
    ContractExpired: ignore,
    ExpiryRescinded: ({ data, meta }) =>
      notice.set(data.noticeId, { effect: 'none', rescindedAt: meta.recordedAt }),
    ContractTerminated: ignore,
  },
});
