import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#kernel/time';
import { rowsOf } from '#projection/change';
import { instantColumn, positionColumn } from '#projection/columns';
import { projectionOfAll } from '#projection/projection';

/** As little of an event as an audit table can hold: what the field's figures of one row per event are made with. */
@Entity({ schema: 'views', name: 'event_rows', comment: 'One narrow row per event of the log' })
@Index('event_rows_stream', ['stream', 'revision'])
export class EventRow {
  @PrimaryColumn('bigint', { transformer: positionColumn, comment: 'Where it is in the log' })
  position!: bigint;

  @Column('text', { comment: 'The stream that it is in' })
  stream!: string;

  @Column('bigint', { transformer: positionColumn, comment: 'Its place in the stream' })
  revision!: bigint;

  @Column('text', { comment: 'What happened' })
  type!: string;

  @Column('timestamptz', { name: 'recorded_at', transformer: instantColumn, comment: 'When' })
  recordedAt!: Instant;

  @Column('text', { comment: 'Who did it' })
  actor!: string;
}

const eventRow = rowsOf(EventRow, 'position');

export const eventRows = projectionOfAll({
  name: 'event-rows',
  version: 1,
  rows: eventRow,
  every: ({ position, stream, revision, type, meta }) =>
    eventRow.insert({ position, stream, revision, type, recordedAt: meta.recordedAt, actor: meta.actor }),
});
