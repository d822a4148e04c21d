import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { catalogueOf } from '#event-store/decode';
import type { AnyDecider } from '#kernel/decider';
import { none, start, stop, type DueChange } from '#kernel/due';
import { eventTable } from '#kernel/message';
import { instant, type Instant } from '#kernel/time';
import { MemoryLog } from '../../../test/support/memory-log.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { connect, reached, run, stopAll } from '../../../test/support/projecting.js';
import { leastOf, positionsOf, waitForPosition } from '../wait.js';
import { AuditRow, auditIndex } from './audit-index.js';
import { DeadlineRow, deadlinesTable } from './deadlines.js';

const leaseEvents = eventTable('lease', {
  LeaseSigned: z.object({ endsAt: instant }),
  LeaseExtended: z.object({ endsAt: instant }),
  LeaseNoted: z.object({}),
  LeaseEnded: z.object({}),
});
const lease: AnyDecider = {
  events: leaseEvents,
  initial: undefined,
  evolve: {},
  commands: {},
  decide: {},
  refusals: {},
  subjects: () => [],
  deadlines: {
    LeaseSigned: ({ endsAt }: { endsAt: Instant }): DueChange[] => [start('EndLease', '1', endsAt)],
    LeaseExtended: ({ endsAt }: { endsAt: Instant }): DueChange[] => [start('EndLease', '1', endsAt)],
    LeaseNoted: none,
    LeaseEnded: () => [stop('EndLease', '1'), stop('RemindLessee', '1')],
  },
};
const noteEvents = eventTable('note', { NoteTaken: z.object({}) });
const projections = [auditIndex, deadlinesTable([lease])];
const catalogue = catalogueOf([leaseEvents, noteEvents]);
const [first, second] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

describe('the tables of all contexts', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: DataSource;
  const log = new MemoryLog();

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await connect(database.url, projections);
  });
  afterEach(stopAll);
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('answer how far they are before there are any', async () => {
    const names = ['audit-index', 'deadlines'];
    expect(leastOf(await positionsOf(dataSource, names))).toBeUndefined();
    const waited = await waitForPosition(dataSource, names, 1n, { timeoutMs: 0 });
    expect(waited).toEqual({ behind: new Map(names.map((name) => [name, undefined])) });
  });

  it('hold the open deadlines, and an audit row for each event', async () => {
    const reason = {
      reason: { code: 'customer-request' },
      subjects: ['lease:1', 'customer:9'],
      policies: { term: 2 },
    };
    const signed = log.append('lease', first, 'LeaseSigned', { endsAt: '2026-05-01T00:00:00+08:00' }, reason);
    log.append('lease', second, 'LeaseSigned', { endsAt: '2026-06-01T00:00:00Z' });
    const extended = log.append('lease', first, 'LeaseExtended', { endsAt: '2026-07-01T00:00:00Z' });
    log.append('note', second, 'NoteTaken', {});
    log.append('lease', second, 'LeaseEnded', {});
    const runner = run(dataSource, log, { projections, catalogue });
    await reached(runner, log.head);
    const open = await dataSource.getRepository(DeadlineRow).find();
    expect(open.map((row) => ({ ...row }))).toEqual([
      {
        stream: `lease-${first}`,
        command: 'EndLease',
        generation: '1',
        dueAt: '2026-07-01T00:00:00.000Z',
        category: 'lease',
        aggregateId: first,
        startedBy: extended.eventId,
      },
    ]);
    const audits = dataSource.getRepository(AuditRow);
    expect(await audits.count()).toBe(5);
    expect(await audits.findOneByOrFail({ eventId: signed.eventId })).toMatchObject({
      position: signed.position,
      revision: 0n,
      type: 'LeaseSigned',
      recordedAt: '2026-01-01T00:00:00.000Z',
      reasonCode: 'customer-request',
      subjects: ['lease:1', 'customer:9'],
      policies: { term: 2 },
      hall: null,
      data: { endsAt: '2026-04-30T16:00:00.000Z' },
    });
    const concerning = audits
      .createQueryBuilder('a')
      .where('a.subjects @> :subjects', { subjects: ['customer:9'] });
    expect(await concerning.getCount()).toBe(1);
  });

  it('are waited for', async () => {
    const runner = run(dataSource, log, { projections, catalogue });
    const next = BigInt(log.events.length * 100 + 100);
    const waiting = waitForPosition(dataSource, ['audit-index', 'deadlines'], next, { timeoutMs: 20_000 });
    expect(log.append('note', first, 'NoteTaken', {}).position).toBe(next);
    expect(await waiting).toBe('reached');
    await reached(runner, next);
    const behind = await waitForPosition(dataSource, ['deadlines'], next + 1n, { timeoutMs: 30 });
    expect(behind).toEqual({ behind: new Map([['deadlines', next]]) });
    const signal = AbortSignal.abort(new Error('the caller left'));
    await expect(waitForPosition(dataSource, ['deadlines'], next, { timeoutMs: 1, signal })).rejects.toThrow(
      'the caller left',
    );
  });
});
