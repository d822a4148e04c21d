import { plainText, quotedText, type Encode } from './array-literal.js';
import type { Parameters } from './parameters.js';
import { Source } from './parameters.js';
import type { Parking } from './parking.js';
import type { Part } from './table-parts.js';

/** What a batch parks and takes back, of all its tables together: at most three parts of its statement. */
export function parkedParts(parkings: readonly Parking[], parameters: Parameters): Part[] {
  const parts: Part[] = [];
  const added = parkings.flatMap(({ shape, parked }) => parked.map((each) => ({ shape, ...each })));
  const freed = parkings.flatMap(({ shape, freed }) => freed.map((position) => ({ shape, position })));
  const failed = parkings.flatMap(({ shape, failedAgain }) =>
    failedAgain.map((each) => ({ shape, ...each })),
  );
  if (added.length > 0) parts.push({ sql: insert(added, parameters) });
  if (freed.length > 0) {
    const source = columns(parameters, freed, placed).sql;
    const sql = `DELETE FROM views.parked AS p USING ${source} WHERE ${samePlace} RETURNING true AS must`;
    parts.push({ sql, must: freed.length });
  }
  if (failed.length > 0) {
    const source = columns(parameters, failed, { ...placed, error: ['text', ({ error }) => error] }).sql;
    const sql = `UPDATE views.parked AS p SET attempts = p.attempts + 1, error = u.error FROM ${source}
      WHERE ${samePlace} RETURNING true AS must`;
    parts.push({ sql, must: failed.length });
  }
  return parts;
}

type Added = Pick<Parking, 'shape'> & Parking['parked'][number];
type Placed = Pick<Parking, 'shape'> & { readonly position: bigint };
type Columns<R> = Readonly<Record<string, readonly [type: string, value: (row: R) => unknown]>>;

const placed: Columns<Placed> = {
  projected_table: ['text', ({ shape }) => shape.table],
  position: ['bigint', ({ position }) => position],
};
const samePlace = 'p.projected_table = u.projected_table AND p.position = u.position';

const wholeRow: Columns<Added> = {
  projected_table: ['text', ({ shape }) => shape.table],
  position: ['bigint', ({ raw }) => raw.position],
  projection: ['text', ({ shape }) => shape.projection.name],
  version: ['integer', ({ shape }) => shape.projection.version],
  key: ['text', ({ key }) => key],
  event_id: ['text', ({ raw }) => raw.eventId],
  type: ['text', ({ raw }) => raw.type],
  stream: ['text', ({ raw }) => raw.stream],
  revision: ['bigint', ({ raw }) => raw.revision],
  error: ['text', ({ error }) => error],
  attempts: ['integer', ({ error }) => (error === undefined ? 0 : 1)],
};

function insert(added: readonly Added[], parameters: Parameters): string {
  const names = Object.keys(wholeRow).join(', ');
  return `INSERT INTO views.parked (${names}) SELECT ${names} FROM ${columns(parameters, added, wholeRow).sql}`;
}

function columns<R>(parameters: Parameters, rows: readonly R[], described: Columns<R>): Source {
  const source = new Source(parameters);
  for (const [name, [type, value]] of Object.entries(described)) {
    source.column(name, type, rows.map(value), encodeOf(type));
  }
  return source;
}

const encodeOf = (type: string): Encode => (type === 'text' ? quotedText : plainText);
