import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '#kernel/recorded';
import { AccountDayRow, accountEvents, AccountRow, accounts } from '../../test/support/accounts.js';
import { ignore, rowsOf } from './change.js';
import { projection } from './projection.js';

const account = rowsOf(AccountRow, 'id');
const day = rowsOf(AccountDayRow, 'id', 'day');
const row = { id: 'a', owner: 'o', status: 'open', paidFen: 0, tags: [], last: null } as const;
const head = { name: 'x', version: 1, rows: account, events: [accountEvents] } as const;
const rest = { AccountRenamed: ignore, AmountPaid: ignore, AccountAudited: ignore, AccountClosed: ignore };

describe('a projection', () => {
  it('gives the changes of an event as a list', () => {
    // Only the type and the data are looked at here.
    const event = { id: 'a', type: 'AccountRenamed', data: { owner: 'p' } } as Recorded;
    expect(accounts.apply(event)).toEqual([{ change: 'set', at: 'a', to: { owner: 'p' } }]);
    expect(accounts.apply({ ...event, type: 'AccountAudited' })).toEqual([]);
  });

  it('is refused by the compiler when an event or a column is wrong', () => {
    projection({ ...head, on: { ...rest, AccountOpened: () => account.insert(row) } });
    // @ts-expect-error an event is forgotten
    projection({ ...head, on: { ...rest } });
    projection({
      ...head,
      // @ts-expect-error the event has no such field
      on: { ...rest, AccountOpened: ({ id, data }) => account.set(id, { owner: data.name }) },
    });
    // @ts-expect-error the change belongs to another table
    projection({ ...head, on: { ...rest, AccountOpened: () => day.remove({ id: 'a', day: 'd' }) } });
    const changes = [
      // @ts-expect-error a column is missing
      () => account.insert({ id: 'a', owner: 'o', status: 'open', paidFen: 0, tags: [] }),
      // @ts-expect-error a column is misspelt
      () => account.set('a', { ovner: 'o' }),
      // @ts-expect-error the literal is not one of the column's
      () => account.set('a', { status: 'closed' }),
      // @ts-expect-error a key column is never set
      () => account.set('a', { id: 'b' }),
      // @ts-expect-error only numbers are added to
      () => account.add('a', { owner: 'o' }),
      // @ts-expect-error half of a key
      () => day.remove({ id: 'a' }),
      // @ts-expect-error a composite key is not one value
      () => day.set('a', { note: null }),
    ];
    expect(changes).toHaveLength(7);
  });
});
