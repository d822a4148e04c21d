import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { z } from 'zod';
import { labelled } from '#kernel/label';
import type { DataOf } from '#kernel/message';
import type { Instant, LocalDate } from '#kernel/time';
import type { Trace } from '#kernel/trace';
import { instantColumn, positionColumn } from '#projection/columns';
import type {
  contractEvents,
  counterpart,
  paymentManner,
  product,
  survivingClause,
  terminationGround,
} from '../events.js';
import type { ContractPolicy } from '../policy.js';

export const contractStatus = labelled({
  draft: { en: 'draft', zh: '草稿' },
  effective: { en: 'in force', zh: '生效' },
  expired: { en: 'expired', zh: '期满终止' },
  terminated: { en: 'terminated', zh: '已解除' },
});
export type ContractStatus = z.output<typeof contractStatus>;

/** The dates of the current term stand in `contract_terms`: an event that goes back to an earlier term does not repeat them. */
@Entity({
  schema: 'views',
  name: 'contracts',
  comment: 'One row per contract, drafts and ended ones included',
})
@Index('contracts_customer', ['customerId'])
@Index('contracts_status', ['status', 'id'])
export class ContractRow {
  @PrimaryColumn('uuid', { comment: 'The contract' })
  id!: string;

  @Column('uuid', { name: 'customer_id', comment: 'Party A' })
  customerId!: string;

  @Column('text', { name: 'carrier_branch', comment: 'The branch of the carrier that is party B' })
  carrierBranch!: string;

  @Column('text', { comment: 'What is leased' })
  product!: z.output<typeof product>;

  @Column('integer', { name: 'bandwidth_mbps', comment: 'In Mbit/s, as last agreed' })
  bandwidthMbps!: number;

  @Column('text', { array: true, comment: 'The sites of the line, as last agreed' })
  sites!: readonly string[];

  @Column('text', { name: 'payment_manner', comment: 'How party A pays' })
  paymentManner!: z.output<typeof paymentManner>;

  @Column('text', { comment: 'draft, effective, expired or terminated' })
  status!: ContractStatus;

  @Column('bigint', {
    name: 'annual_fee_fen',
    nullable: true,
    transformer: positionColumn,
    comment: 'The annual fee in fen as last agreed; each term has its own, pinned, in contract_terms',
  })
  annualFeeFen!: bigint | null;

  @Column('text', { name: 'annual_fee_capital', nullable: true, comment: 'The same in capital characters' })
  annualFeeCapital!: string | null;

  @Column('date', {
    name: 'amended_from',
    nullable: true,
    comment: 'The day from which the last supplementary agreement counts; it may be to come',
  })
  amendedFrom!: LocalDate | null;

  @Column('text', {
    name: 'responsibility_letter',
    nullable: true,
    comment: 'The information security responsibility letter; null while it is missing',
  })
  responsibilityLetter!: string | null;

  @Column('date', { name: 'signed_a_on', nullable: true, comment: 'When party A signed' })
  signedAOn!: LocalDate | null;

  @Column('date', { name: 'sealed_a_on', nullable: true, comment: 'When party A sealed' })
  sealedAOn!: LocalDate | null;

  @Column('date', { name: 'signed_b_on', nullable: true, comment: 'When party B signed' })
  signedBOn!: LocalDate | null;

  @Column('date', { name: 'sealed_b_on', nullable: true, comment: 'When party B sealed' })
  sealedBOn!: LocalDate | null;

  @Column('jsonb', { nullable: true, comment: 'The four counterparts and who holds each' })
  counterparts!: z.output<typeof counterpart>[] | null;

  @Column('date', {
    name: 'performed_on',
    nullable: true,
    comment: 'When one party had performed and the other accepted, where that was recorded',
  })
  performedOn!: LocalDate | null;

  @Column('text', {
    name: 'legal_confirmation',
    nullable: true,
    comment: 'What confirmed that the contract was formed by performance',
  })
  legalConfirmation!: string | null;

  @Column('date', { name: 'effective_on', nullable: true, comment: 'When it took effect; null for a draft' })
  effectiveOn!: LocalDate | null;

  @Column('text', { name: 'formed_by', nullable: true, comment: 'execution or performance' })
  formedBy!: DataOf<typeof contractEvents.shapes, 'ContractBecameEffective'>['by'] | null;

  @Column('integer', {
    name: 'term_no',
    nullable: true,
    comment: 'The current term, or the last; its dates are in contract_terms',
  })
  termNo!: number | null;

  @Column('timestamptz', {
    name: 'ended_at',
    nullable: true,
    transformer: instantColumn,
    comment: 'When it ended, exclusive',
  })
  endedAt!: Instant | null;

  @Column('text', {
    name: 'termination_ground',
    nullable: true,
    comment: 'Why it was terminated; null where it expired',
  })
  terminationGround!: z.output<typeof terminationGround> | null;

  @Column('text', { array: true, comment: 'The clauses that bind the parties after its end' })
  survives!: readonly z.output<typeof survivingClause>[];

  @Column('integer', { name: 'policy_version', comment: 'The version of the policies that it pinned' })
  policyVersion!: number;

  @Column('jsonb', { comment: 'The values of the policies that it pinned' })
  policy!: ContractPolicy;

  @Column('jsonb', { comment: 'How derived columns came about, by field: rule, version, inputs, result' })
  why!: Readonly<Record<string, Trace>>;

  @Column('bigint', { transformer: positionColumn, comment: 'The revision of its last event' })
  revision!: bigint;

  @Column('timestamptz', {
    name: 'updated_at',
    transformer: instantColumn,
    comment: 'When its last event was recorded',
  })
  updatedAt!: Instant;
}
