import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant, LocalDate } from '#kernel/time';
import { rowsOf } from '#projection/change';
import { instantColumn } from '#projection/columns';
import { projection } from '#projection/projection';
import { policyEvents } from '../events.js';

@Entity({ schema: 'views', name: 'policies', comment: 'One row per version of a group of policies' })
export class PolicyRow {
  @PrimaryColumn('text', { name: 'policy_group', comment: 'The group, named after its context' })
  group!: string;

  @PrimaryColumn('integer', { comment: 'Counted from 1 within the group' })
  version!: number;

  @Column('jsonb', { comment: 'Every value of the group under this version' })
  values!: Readonly<Record<string, unknown>>;

  @Column('text', { name: 'proposed_by', comment: 'Who proposed it' })
  proposedBy!: string;

  @Column('timestamptz', { name: 'proposed_at', transformer: instantColumn, comment: 'When it was proposed' })
  proposedAt!: Instant;

  @Column('text', { name: 'activated_by', nullable: true, comment: 'Who put it into force' })
  activatedBy!: string | null;

  @Column('date', {
    name: 'active_from_on',
    nullable: true,
    comment: 'The day from which it is in force; null for a proposal and for adopted defaults',
  })
  activeFromOn!: LocalDate | null;

  @Column('timestamptz', {
    name: 'active_from',
    nullable: true,
    transformer: instantColumn,
    comment: 'From when it is in force, until another version is; null while it is only proposed',
  })
  activeFrom!: Instant | null;
}

const policy = rowsOf(PolicyRow, 'group', 'version');

export const policies = projection({
  name: 'policies',
  version: 1,
  rows: policy,
  events: [policyEvents],
  on: {
    PolicyProposed: ({ id, data: { version, values }, meta }) =>
      policy.insert({
        ...{ group: id, version, values, proposedBy: meta.actor, proposedAt: meta.recordedAt },
        ...{ activatedBy: null, activeFromOn: null, activeFrom: null },
      }),
    PolicyActivated: ({ id, data: { version, activeFromOn = null, activeFrom }, meta }) =>
      policy.set({ group: id, version }, { activatedBy: meta.actor, activeFromOn, activeFrom }),
  },
});
