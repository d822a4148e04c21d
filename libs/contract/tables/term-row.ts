import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { z } from 'zod';
import { labelled } from '#kernel/label';
import type { Instant, LocalDate } from '#kernel/time';
import type { Trace } from '#kernel/trace';
import { instantColumn, positionColumn } from '#projection/columns';

export const termState = labelled({
  running: { en: 'running', zh: '进行中' },
  renewed: { en: 'renewed into the next term', zh: '已续期' },
  expired: { en: 'expired', zh: '期满' },
  rescinded: { en: 'rescinded with the renewal that began it', zh: '随续期撤销' },
  terminated: { en: 'terminated', zh: '已解除' },
});
export type TermState = z.output<typeof termState>;

export const renewalState = labelled({
  open: { en: 'a notice can still prevent the renewal', zh: '仍可通知不续' },
  held: { en: 'held until a person decides on a notice', zh: '待人工决定' },
  locked: { en: 'no notice can prevent the renewal any more', zh: '续期已锁定' },
  ending: { en: 'a notice ends the contract with the term', zh: '已通知不续' },
});
export type RenewalState = z.output<typeof renewalState>;

@Entity({ schema: 'views', name: 'contract_terms', comment: 'One row per term of a contract' })
@Index('contract_terms_locks_at', ['locksAt', 'contractId'])
@Index('contract_terms_expires_at', ['expiresAt', 'contractId'])
@Index('contract_terms_notice_limit_on', ['noticeLimitOn', 'contractId'])
export class TermRow {
  @PrimaryColumn('uuid', { name: 'contract_id', comment: 'The contract' })
  contractId!: string;

  @PrimaryColumn('integer', { name: 'term_no', comment: 'Counted from 1' })
  termNo!: number;

  @Column('date', { name: 'starts_on', comment: 'Its first day' })
  startsOn!: LocalDate;

  @Column('date', { name: 'ends_on', comment: 'Its last day' })
  endsOn!: LocalDate;

  @Column('timestamptz', {
    name: 'expires_at',
    transformer: instantColumn,
    comment: '24:00 of its last day, exclusive',
  })
  expiresAt!: Instant;

  @Column('date', { name: 'notice_limit_on', comment: 'The notice period before its end, counted backwards' })
  noticeLimitOn!: LocalDate;

  @Column('date', {
    name: 'forward_limit_on',
    comment: 'The latest day from which a full notice period still runs, counted forwards',
  })
  forwardLimitOn!: LocalDate;

  @Column('timestamptz', {
    name: 'timely_from',
    nullable: true,
    transformer: instantColumn,
    comment: 'A notice that arrives before is too early; null when none can be',
  })
  timelyFrom!: Instant | null;

  @Column('timestamptz', {
    name: 'timely_before',
    transformer: instantColumn,
    comment: 'A notice that arrives before is on time, exclusive',
  })
  timelyBefore!: Instant;

  @Column('timestamptz', {
    name: 'locks_at',
    transformer: instantColumn,
    comment: 'From then on no notice can prevent the renewal',
  })
  locksAt!: Instant;

  @Column('bigint', {
    name: 'annual_fee_fen',
    transformer: positionColumn,
    comment: 'The annual fee in fen, pinned when the term was made or when a late amendment was entered',
  })
  annualFeeFen!: bigint;

  @Column('text', { comment: 'running, renewed, expired, rescinded or terminated' })
  state!: TermState;

  @Column('text', { comment: 'What is known of its renewal: open, held, locked or ending' })
  renewal!: RenewalState;

  @Column('timestamptz', {
    name: 'locked_at',
    nullable: true,
    transformer: instantColumn,
    comment: 'When its renewal was locked; null before, and where it never was',
  })
  lockedAt!: Instant | null;

  @Column('jsonb', {
    name: 'why_annual_fee',
    nullable: true,
    comment: 'How its fee came about: rule, version, inputs, result',
  })
  whyAnnualFee!: Trace | null;

  @Column('jsonb', {
    comment: 'How each of its dates came about, by field: rule, version, inputs, result',
  })
  why!: Readonly<Record<string, Trace>>;
}
