import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#kernel/time';
import type { Channel, Envelope } from '#kernel/envelope';
import type { Trace } from '#kernel/trace';
import { rowsOf } from '../change.js';
import { instantColumn, positionColumn } from '../columns.js';
import { projectionOfAll } from '../projection.js';

/** Every event of the log, findable by whom it concerns, who did it, when, why and because of what. */
@Entity({ schema: 'views', name: 'audit_index', comment: 'One row per event of the log' })
@Index('audit_index_subjects', ['subjects'], { type: 'gin' })
@Index('audit_index_stream', ['stream', 'revision'])
@Index('audit_index_recorded_at', ['recordedAt'])
export class AuditRow {
  @PrimaryColumn('bigint', {
    transformer: positionColumn,
    comment: 'Where the event is in the log: $all commit position',
  })
  position!: bigint;

  @Column('uuid', { name: 'event_id', comment: 'The id of the event' })
  eventId!: string;

  @Column('text', { comment: 'What happened, such as ContractSigned' })
  type!: string;

  @Column('text', { comment: 'The stream that the event is in: category-id' })
  stream!: string;

  @Column('bigint', { transformer: positionColumn, comment: 'Its place in the stream, from 0' })
  revision!: bigint;

  @Column('timestamptz', {
    name: 'recorded_at',
    transformer: instantColumn,
    comment: 'When the system took note of it',
  })
  recordedAt!: Instant;

  @Column('timestamptz', {
    name: 'effective_at',
    transformer: instantColumn,
    comment: 'From when on the business says it counts',
  })
  effectiveAt!: Instant;

  @Column('text', { comment: 'Opaque id of who did it, or system:…' })
  actor!: string;

  @Column('text', { name: 'on_behalf_of', nullable: true, comment: 'For whom the actor did it' })
  onBehalfOf!: string | null;

  @Column('text', { comment: 'The role that allowed it' })
  authority!: string;

  @Column('text', { nullable: true, comment: 'The channel that it was asked through' })
  channel!: Channel | null;

  @Column('text', { nullable: true, comment: 'The business hall where it was asked' })
  hall!: string | null;

  @Column('text', { name: 'reason_code', nullable: true, comment: 'Why, as a code' })
  reasonCode!: string | null;

  @Column('uuid', { name: 'correlation_id', comment: 'The conversation that it belongs to' })
  correlationId!: string;

  @Column('uuid', { name: 'causation_id', comment: 'The command, event or deadline that it follows from' })
  causationId!: string;

  @Column('uuid', { name: 'command_id', comment: 'The command that decided it' })
  commandId!: string;

  @Column('text', { array: true, comment: 'Whom it concerns: contract:…, customer:…' })
  subjects!: readonly string[];

  @Column('jsonb', { nullable: true, comment: 'The versions of the policies that it was decided under' })
  policies!: Readonly<Record<string, number>> | null;

  @Column('jsonb', {
    nullable: true,
    comment: 'The foreign streams that the decision rested on, with their revisions',
  })
  basis!: Envelope['basis'] | null;

  @Column('jsonb', { nullable: true, comment: 'How each derived field of the data came about' })
  trace!: Readonly<Record<string, Trace>> | null;

  @Column('jsonb', { comment: 'What happened, in full; personal fields are sealed' })
  data!: unknown;
}

const audited = rowsOf(AuditRow, 'position');

export const auditIndex = projectionOfAll({
  name: 'audit-index',
  version: 1,
  rows: audited,
  every: ({ meta, ...event }) =>
    audited.insert({
      position: event.position,
      eventId: event.eventId,
      type: event.type,
      stream: event.stream,
      revision: event.revision,
      recordedAt: meta.recordedAt,
      effectiveAt: meta.effectiveAt,
      actor: meta.actor,
      onBehalfOf: meta.onBehalfOf ?? null,
      authority: meta.authority,
      channel: meta.channel ?? null,
      hall: meta.hall ?? null,
      reasonCode: meta.reason?.code ?? null,
      correlationId: meta.$correlationId,
      causationId: meta.$causationId,
      commandId: meta.commandId,
      subjects: meta.subjects,
      policies: meta.policies ?? null,
      basis: meta.basis ?? null,
      trace: meta.trace ?? null,
      data: event.data,
    }),
});
