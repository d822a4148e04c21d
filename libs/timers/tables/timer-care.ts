import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Recorded } from '#kernel/recorded';
import type { Instant } from '#kernel/time';
import { rowsOf } from '#projection/change';
import { instantColumn } from '#projection/columns';
import { projection } from '#projection/projection';
import { timerEvents, type DeadlineKey } from '../care-events.js';

/** What people have decided about timers: the timers look here before they take anything up. */
@Entity({
  schema: 'views',
  name: 'timer_care',
  comment: 'One row per deadline that a person has held, skipped or released',
})
export class TimerCareRow {
  @PrimaryColumn('text', { comment: 'The stream of the aggregate: category-id' })
  stream!: string;

  @PrimaryColumn('text', { comment: 'The command that the aggregate is asked when it falls due' })
  command!: string;

  @PrimaryColumn('text', { comment: 'Which deadline of its kind, such as the number of the term' })
  generation!: string;

  @Column('text', {
    comment: 'held and skipped: no timer takes it up; released: as if nobody had touched it',
  })
  state!: 'held' | 'skipped' | 'released';

  @Column('timestamptz', { transformer: instantColumn, comment: 'Since when, by the business clock' })
  since!: Instant;

  @Column('text', { comment: 'Who decided so: an opaque staff id' })
  actor!: string;

  @Column('text', { name: 'reason_code', nullable: true, comment: 'Why' })
  reasonCode!: string | null;

  @Column('timestamptz', {
    name: 'released_parked_at',
    nullable: true,
    transformer: instantColumn,
    comment: 'The parking that a release has ended: the same instant as in timer_work, which it frees',
  })
  releasedParkedAt!: Instant | null;
}

const care = rowsOf(TimerCareRow, 'stream', 'command', 'generation');

function becomes(
  state: TimerCareRow['state'],
  { data, meta }: Recorded<DeadlineKey>,
  releasedParkedAt: Instant | null = null,
) {
  const { stream, command, generation } = data;
  const key = { stream, command, generation };
  const { recordedAt: since, actor, reason } = meta;
  const row = { ...key, state, since, actor, reasonCode: reason?.code ?? null, releasedParkedAt };
  return [care.remove(key), care.insert(row)];
}

export const timerCare = projection({
  name: 'timer-care',
  version: 1,
  rows: care,
  events: [timerEvents],
  on: {
    TimerHeld: (event) => becomes('held', event),
    TimerReleased: (event) => becomes('released', event, event.data.parkedAt),
    TimerSkipped: (event) => becomes('skipped', event),
  },
});
