import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { z } from 'zod';
import { catalogueOf } from '#event-store/decode';
import { eventTable } from '#kernel/message';
import { ignore, rowsOf } from '#projection/change';
import { projection } from '#projection/projection';

/** A small context with a table for each way in which rows change. */
export const accountEvents = eventTable('account', {
  AccountOpened: z.object({ owner: z.string() }),
  AccountRenamed: z.object({ owner: z.string() }),
  AmountPaid: z.object({ amountFen: z.int(), day: z.string(), tags: z.array(z.string()).optional() }),
  AccountAudited: z.object({}),
  AccountClosed: z.object({}),
});
export const auditEvents = eventTable('audit', { AuditOpened: z.object({ scope: z.string() }) });
export const catalogue = catalogueOf([accountEvents, auditEvents]);

@Entity({ schema: 'views', name: 'accounts', comment: 'One row per open account' })
@Index(['owner'])
export class AccountRow {
  @PrimaryColumn('uuid', { comment: 'The account' })
  id!: string;

  @Column('text', { comment: 'Who it belongs to' })
  owner!: string;

  @Column('text', { comment: 'Where it stands' })
  status!: 'open' | 'frozen';

  @Column('integer', { name: 'paid_fen', default: 0, comment: 'Paid in all, in fen' })
  paidFen!: number;

  @Column('text', { array: true, comment: 'Tags of its last payment' })
  tags!: readonly string[];

  @Column('jsonb', { nullable: true, comment: 'Its last payment' })
  last!: object | null;
}

@Entity({ schema: 'views', name: 'account_days', comment: 'Payments by account and day' })
export class AccountDayRow {
  @PrimaryColumn('uuid', { comment: 'The account' })
  id!: string;

  @PrimaryColumn('date', { comment: 'The day' })
  day!: string;

  @Column('integer', { default: 0, comment: 'How many payments' })
  payments!: number;

  @Column('bigint', { name: 'paid_fen', default: 0, comment: 'Paid on the day, in fen' })
  paidFen!: number;

  @Column('text', { nullable: true, comment: 'The last tag' })
  note!: string | null;
}

const account = rowsOf(AccountRow, 'id');
export const accounts = projection({
  name: 'accounts',
  version: 1,
  rows: account,
  events: [accountEvents],
  on: {
    AccountOpened: ({ id, data }) =>
      account.insert({ id, owner: data.owner, status: 'open', paidFen: 0, tags: [], last: null }),
    AccountRenamed: ({ id, data }) => account.set(id, { owner: data.owner }),
    AmountPaid: ({ id, data }) => [
      account.add(id, { paidFen: data.amountFen }),
      account.set(id, { tags: data.tags ?? [], last: { amountFen: data.amountFen } }),
    ],
    AccountAudited: ignore,
    AccountClosed: ({ id }) => account.remove(id),
  },
});

const accountDay = rowsOf(AccountDayRow, 'id', 'day');
export const accountDays = projection({
  name: 'account-days',
  version: 1,
  rows: accountDay,
  events: [accountEvents],
  on: {
    AccountOpened: ignore,
    AccountRenamed: ignore,
    AmountPaid: ({ id, data }) => {
      const key = { id, day: data.day };
      return [
        accountDay.add(key, { payments: 1, paidFen: data.amountFen }),
        ...(data.tags ?? []).map((note) => accountDay.set(key, { note })),
      ];
    },
    AccountAudited: ignore,
    AccountClosed: ignore,
  },
});
