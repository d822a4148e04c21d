import { Column, Entity, PrimaryColumn } from 'typeorm';
import { projectionEvents } from '../care-events.js';
import { ignore, rowsOf } from '../change.js';
import { projection } from '../projection.js';

/** What people have decided about rebuilds: the projector looks here for what it is to build. */
@Entity({
  schema: 'views',
  name: 'projection_care',
  comment: 'One row per projection whose table a person has asked to be rebuilt',
})
export class ProjectionCareRow {
  @PrimaryColumn('text', { comment: 'The projection' })
  name!: string;

  @Column('integer', { comment: 'The how-manieth rebuild that was asked for' })
  generation!: number;

  @Column('text', { comment: 'wanted, cancelled, or rolled-back to the table that was live before' })
  decision!: 'wanted' | 'cancelled' | 'rolled-back';
}

const care = rowsOf(ProjectionCareRow, 'name');

const becomes =
  (decision: ProjectionCareRow['decision']) =>
  ({ id: name, data }: { readonly id: string; readonly data: { readonly generation: number } }) => [
    care.remove(name),
    care.insert({ name, generation: data.generation, decision }),
  ];

export const projectionCareTable = projection({
  name: 'projection-care',
  version: 1,
  rows: care,
  events: [projectionEvents],
  on: {
    RebuildRequested: becomes('wanted'),
    RebuildCancelled: becomes('cancelled'),
    RebuildRolledBack: becomes('rolled-back'),
    ParkedRetryRequested: ignore,
    ParkedSkipped: ignore,
  },
});
