import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AnyDecider } from '#kernel/decider';
import type { DueChange } from '#kernel/due';
import type { Recorded } from '#kernel/recorded';
import type { Instant } from '#kernel/time';
import { rowsOf } from '../change.js';
import { instantColumn } from '../columns.js';
import { projectionOfAll, type Projection } from '../projection.js';

/** What falls due when, in all contexts: the timers wake the aggregates that nobody touches by it. */
@Entity({ schema: 'views', name: 'deadlines', comment: 'One row per open deadline' })
@Index('deadlines_due_at', ['dueAt'])
export class DeadlineRow {
  @PrimaryColumn('text', { comment: 'The stream of the aggregate: category-id' })
  stream!: string;

  @PrimaryColumn('text', { comment: 'The command that the aggregate is asked when it falls due' })
  command!: string;

  @PrimaryColumn('text', { comment: 'Which deadline of its kind, such as the number of the term' })
  generation!: string;

  @Column('timestamptz', {
    name: 'due_at',
    transformer: instantColumn,
    comment: 'When it falls due, by the business clock',
  })
  dueAt!: Instant;

  @Column('text', { comment: 'The kind of the aggregate' })
  category!: string;

  @Column('text', { name: 'aggregate_id', comment: 'The id of the aggregate' })
  aggregateId!: string;

  @Column('uuid', { name: 'started_by', comment: 'The id of the event that started it' })
  startedBy!: string;
}

const deadline = rowsOf(DeadlineRow, 'stream', 'command', 'generation');

/**
 * The open deadlines of these deciders' aggregates, from the same tables that `execute` settles them by.
 * `version` is raised when any of those tables changes its meaning.
 */
export function deadlinesTable(
  deciders: readonly Pick<AnyDecider, 'events' | 'deadlines'>[],
  version = 1,
): Projection {
  const tables = new Map(deciders.map(({ events, deadlines }) => [events.category, deadlines]));
  const changesOf = ({ category, type, data }: Recorded): DueChange[] => {
    const table = tables.get(category);
    // A kind of aggregate without a decider here has no deadlines; one that has a decider names all of its events.
    if (!table) return [];
    const due = table[type];
    if (!due) throw new Error(`the deadlines of ${category} do not name ${type}`);
    // The table takes the data of the event by whose type it was looked up, which its forgotten types cannot say.
    return due(data as never);
  };
  return projectionOfAll({
    name: 'deadlines',
    version,
    rows: deadline,
    every: (event) => changesOf(event).flatMap((change) => rowChanges(event, change)),
  });
}

function rowChanges({ stream, category, id, eventId }: Recorded, change: DueChange) {
  const key = { stream, command: change.command, generation: change.generation };
  if (change.change === 'stop') return [deadline.remove(key)];
  // Started again it has its new instant, as in the kernel's fold.
  const row = { ...key, dueAt: change.dueAt, category, aggregateId: id, startedBy: eventId };
  return [deadline.remove(key), deadline.insert(row)];
}
