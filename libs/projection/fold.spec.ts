import { describe, expect, it } from '@jest/globals';
import { accounts } from '../../test/support/accounts.js';
import { plainText } from './array-literal.js';
import type { RowChange } from './change.js';
import { Damage } from './errors.js';
import { TableFold } from './fold.js';
import type { TableShape } from './table-shape.js';

const column = (property: string, initial: unknown) => {
  const text = plainText;
  return { property, name: property, type: 'integer', cast: undefined, encode: text, text, initial };
};
const [id, n, m] = [column('id', undefined), column('n', 0), column('m', 5)] as const;
const shape: TableShape = {
  projection: accounts,
  table: 't',
  columns: [id, n, m],
  keys: [id],
  ddl: [],
  hash: '',
};
const origin = { position: 7n, eventId: 'e', type: 'T' };

const insert = (values: object): RowChange => ({ change: 'insert', at: { id: 1, ...values } });
const set = (to: object): RowChange => ({ change: 'set', at: 1, to });
const add = (to: object): RowChange => ({ change: 'add', at: 1, to });
const remove: RowChange = { change: 'remove', at: 1 };

function folded(...changes: RowChange[]) {
  const fold = new TableFold(shape);
  for (const change of changes) fold.apply(change, origin);
  return fold.rows.get(1);
}

describe('the changes of a batch to one row', () => {
  it.each([
    ['insert, set', [insert({ n: 1, m: 2 }), set({ n: 3 })], 'absent', 'row', { id: 1, n: 3, m: 2 }, {}],
    ['insert, add', [insert({ n: 1, m: 2 }), add({ n: 3 })], 'absent', 'row', { id: 1, n: 4, m: 2 }, {}],
    ['insert, remove', [insert({ n: 1, m: 2 }), remove], 'absent', 'gone', {}, {}],
    ['remove, insert', [remove, insert({ n: 1, m: 2 })], 'either', 'row', { id: 1, n: 1, m: 2 }, {}],
    ['remove, add', [remove, add({ m: 2 })], 'either', 'row', { id: 1, n: 0, m: 7 }, {}],
    ['set, set', [set({ n: 1 }), set({ n: 2, m: 3 })], 'present', 'patch', { n: 2, m: 3 }, {}],
    ['set, add', [set({ n: 1 }), add({ n: 2, m: 3 })], 'present', 'patch', { n: 3 }, { m: 3 }],
    ['add, add', [add({ n: 1 }), add({ n: 2 })], 'either', 'patch', {}, { n: 3 }],
    ['add, set', [add({ n: 1, m: 1 }), set({ n: 2 })], 'either', 'patch', { n: 2 }, { m: 1 }],
    ['set, remove', [set({ n: 1 }), remove], 'present', 'gone', {}, {}],
  ] as const)('%s', (_name, changes, expects, becomes, values, amounts) => {
    expect(folded(...changes)).toMatchObject({ expects, becomes });
    expect(folded(...changes)?.values).toEqual(values);
    expect(folded(...changes)?.amounts).toEqual(amounts);
  });

  it.each([
    ['insert, insert', [insert({}), insert({})]],
    ['set, insert', [set({}), insert({})]],
    ['remove, set', [remove, set({})]],
  ])('%s is damage', (_name, changes) => {
    expect(() => folded(...changes)).toThrow(Damage);
  });
});
