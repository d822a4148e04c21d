import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#kernel/time';
import { instantColumn, positionColumn } from './columns.js';

/** How far a projection has come: its rows reflect the log up to `position` and nothing after it. Made by a migration. */
@Entity({ schema: 'views', name: 'checkpoints', synchronize: false })
export class Checkpoint {
  @PrimaryColumn('text')
  name!: string;

  @PrimaryColumn('integer')
  version!: number;

  @Column('text', { name: 'projected_table' })
  projectedTable!: string;

  @Column('text')
  shape!: string;

  /** The last rebuild that was asked for and that the table is the outcome of. */
  @Column('integer', { nullable: true })
  generation!: number | null;

  @Column('text', { name: 'log_id', nullable: true })
  logId!: string | null;

  @Column('bigint', { nullable: true, transformer: positionColumn })
  position!: bigint | null;

  @Column('bigint', { name: 'event_position', nullable: true, transformer: positionColumn })
  eventPosition!: bigint | null;

  @Column('text', { name: 'event_id', nullable: true })
  eventId!: string | null;

  @Column('timestamptz', { name: 'event_at', nullable: true, transformer: instantColumn })
  eventAt!: Instant | null;
}
