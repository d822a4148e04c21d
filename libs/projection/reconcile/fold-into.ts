import type { Recorded } from '#kernel/recorded';
import type { RowChange } from '../change.js';
import type { NaiveTable } from './naive-table.js';

/**
 * Lets one event change a table, and answers with its changes. An event that the live table lacks on purpose only says which
 * rows cannot be compared, if it can say even that.
 */
export function foldInto(naive: NaiveTable, event: Recorded, excused: boolean): readonly RowChange[] {
  const { projection } = naive.table;
  try {
    const changes = projection.apply(event);
    for (const change of changes) {
      if (excused) naive.excuse(change);
      else naive.apply(change);
    }
    return changes;
  } catch (cause) {
    if (excused) return [];
    const { type, eventId, position } = event;
    const what = `${type} ${eventId} at position ${position} does not fit a fresh ${projection.name}`;
    throw new Error(what, { cause });
  }
}
