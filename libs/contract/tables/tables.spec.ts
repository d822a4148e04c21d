import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import type { DataSource } from 'typeorm';
import {
  carriedOver,
  greyZone,
  noticeOf,
  record,
  renewedTwice,
  rescinded,
  terminated,
  withdrawn,
} from '../../../test/support/contract-lives.js';
import { playContract } from '../../../test/support/contract.js';
import { MemoryLog } from '../../../test/support/memory-log.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { connect, reached, run, stopAll } from '../../../test/support/projecting.js';
import { catalogueOf } from '#event-store/decode';
import { contractEvents, events } from '../events.js';
import { termsOf, type Contract } from '../state.js';
import { ContractRow } from './contract-row.js';
import { contracts } from './contracts.js';
import { contractNotices, NoticeRow } from './notices.js';
import { TermRow } from './term-row.js';
import { contractTerms } from './terms.js';

const projections = [contracts, contractTerms, contractNotices];
const catalogue = catalogueOf([events]);
const idOf = (life: number) => `5f0c7a52-6c0a-4d63-9d0b-00000000000${life}`;
const lives = { renewedTwice, terminated, rescinded, greyZone, withdrawn, carriedOver };

describe("the contract's tables", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: DataSource;
  let log: MemoryLog;
  const id = idOf(0);

  beforeEach(async () => {
    database = await freshDatabase();
    dataSource = await connect(database.url, projections);
    log = new MemoryLog();
  });
  afterEach(async () => {
    await stopAll();
    await dataSource.destroy();
    await database.drop();
  });

  const project = async (sizes: readonly number[] = []) => {
    await reached(run(dataSource, log, { projections, catalogue, source: log.source(sizes) }), log.head);
    await stopAll();
  };
  const contract = () => dataSource.getRepository(ContractRow).findOneByOrFail({ id });
  const terms = () => dataSource.getRepository(TermRow).find({ order: { termNo: 'ASC' } });
  const notices = () => dataSource.getRepository(NoticeRow).find();
  const everything = () =>
    Promise.all(
      ['contracts', 'contract_terms', 'contract_notices'].map((table) =>
        dataSource.query<unknown>(`SELECT * FROM views.${table} ORDER BY 1, 2`),
      ),
    );

  it('shows a contract that was signed, amended, renewed twice and ended by notice', async () => {
    record(log, id, renewedTwice().events);
    await project();
    expect(await contract()).toMatchObject({
      ...{ status: 'expired', effectiveOn: '2025-03-15', formedBy: 'execution', termNo: 3 },
      ...{ endedAt: '2028-03-15T16:00:00.000Z', terminationGround: null, amendedFrom: '2026-07-01' },
      ...{ annualFeeFen: 13_000_000n, bandwidthMbps: 200, sites: ['site:incubator-1'] },
      ...{
        signedAOn: '2025-03-15',
        sealedAOn: '2025-03-15',
        signedBOn: '2025-03-15',
        sealedBOn: '2025-03-15',
      },
      ...{ responsibilityLetter: 'letter:2025-117', survives: ['settlement', 'confidentiality'] },
      ...{
        policyVersion: 1,
        why: { effectiveOn: { rule: 'contract.effective-date', result: '2025-03-15' } },
      },
    });
    expect(
      (await terms()).map(({ endsOn, annualFeeFen, state, renewal, lockedAt }) => [
        endsOn,
        annualFeeFen,
        state,
        renewal,
        lockedAt,
      ]),
    ).toEqual([
      ['2026-03-15', 12_000_000n, 'renewed', 'locked', '2026-02-15T16:00:00.000Z'],
      ['2027-03-15', 12_000_000n, 'renewed', 'locked', '2027-02-15T16:00:00.000Z'],
      ['2028-03-15', 13_000_000n, 'expired', 'ending', null],
    ]);
    const [first] = await terms();
    expect(first).toMatchObject({
      startsOn: '2025-03-15',
      expiresAt: '2026-03-15T16:00:00.000Z',
      timelyFrom: null,
    });
    expect(first?.why['locksAt']).toMatchObject({
      rule: 'contract.lock',
      result: '2026-02-15T16:00:00.000Z',
    });
    expect(first?.why['reminders.60']).toMatchObject({ result: '2025-12-16T16:00:00.000Z' });
    expect(await notices()).toMatchObject([
      { id: noticeOf(1), contractId: id, termNo: 3, givenBy: 'A', timeliness: 'timely', effect: 'ends-term' },
    ]);
  });

  it('shows a contract that was formed by performance and ended by agreement', async () => {
    record(log, id, terminated().events);
    await project();
    expect(await contract()).toMatchObject({
      ...{ status: 'terminated', terminationGround: 'MUTUAL', formedBy: 'performance' },
      ...{
        performedOn: '2025-05-02',
        legalConfirmation: 'opinion:2025-9',
        endedAt: '2025-09-01T01:30:00.000Z',
      },
    });
    expect(await terms()).toMatchObject([{ termNo: 1, state: 'terminated' }]);
  });

  it('takes rescinded renewals back: the contract ended with its first term', async () => {
    record(log, id, rescinded().events);
    await project();
    expect(await contract()).toMatchObject({
      status: 'expired',
      termNo: 1,
      endedAt: '2026-03-15T16:00:00.000Z',
    });
    expect((await terms()).map(({ state, renewal }) => [state, renewal])).toEqual([
      ['expired', 'ending'],
      ['rescinded', 'locked'],
      ['rescinded', 'open'],
    ]);
    expect(await notices()).toMatchObject([
      {
        termNo: 1,
        effect: 'ends-term',
        rescindedAt: '2027-04-02T01:30:00.000Z',
        enteredAt: '2027-04-01T01:30:00.000Z',
      },
    ]);
  });

  it('shows a notice in the grey zone that held the lock, was accepted, and was taken back', async () => {
    const { events: happened } = greyZone();
    const decided = happened.findIndex(({ type }) => type === 'DisputableNoticeDecided');
    record(log, id, happened.slice(0, decided));
    await project();
    expect(await terms()).toMatchObject([{ renewal: 'held' }]);
    expect(await notices()).toMatchObject([
      { timeliness: 'disputable', effect: 'to-be-decided', accepted: null },
    ]);
    record(log, id, happened.slice(decided));
    await project();
    expect(await notices()).toMatchObject([
      {
        ...{ effect: 'none', accepted: true, decidedBy: 'staff:supervisor', withdrawalBasis: 'consent' },
        ...{ decidedAt: '2025-02-10T01:30:00.000Z', withdrawnAt: '2025-02-20T01:30:00.000Z' },
      },
    ]);
    expect(await terms()).toMatchObject([
      { state: 'renewed', renewal: 'locked' },
      { state: 'running', renewal: 'open' },
    ]);
  });

  it('shows a late notice that carries over to the next term', async () => {
    record(log, id, carriedOver().events);
    await project();
    expect(await terms()).toMatchObject([{ renewal: 'locked' }, { state: 'running', renewal: 'ending' }]);
    expect(await notices()).toMatchObject([{ termNo: 2, timeliness: 'late', effect: 'ends-term' }]);
  });

  it('meets every event that can happen to a contract', () => {
    const met = Object.values(lives).flatMap((life) => life().events.map(({ type }) => type));
    expect(new Set(met)).toEqual(new Set(Object.keys(contractEvents)));
  });

  it.each(Object.entries(lives))('agrees with the fold after every event: %s', async (_name, life) => {
    const { events: happened } = life();
    const runner = run(dataSource, log, { projections, catalogue });
    for (const [index, event] of happened.entries()) {
      record(log, id, [event]);
      await reached(runner, log.head);
      // The end of the contract follows in the same append; in between the later terms are still there.
      if (event.type === 'RenewalRescinded') continue;
      const { state } = playContract().fold(happened.slice(0, index + 1));
      expect({ event: event.type, ...asTold(await contract(), await terms(), await notices()) }).toEqual({
        event: event.type,
        ...asFolded(state, BigInt(index)),
      });
    }
  });

  it('gives the same rows in any batches', async () => {
    const queues = Object.values(lives).map((life, number) => ({
      id: idOf(number),
      events: [...life().events],
    }));
    while (queues.some((queue) => queue.events.length > 0)) {
      for (const queue of queues) record(log, queue.id, queue.events.splice(0, 1));
    }
    await project(log.events.map(() => 1));
    const oneByOne = await everything();
    for (let round = 0; round < 5; round++) {
      const sizes = log.events.map(() => 1 + randomInt(12));
      await dataSource.query('DROP SCHEMA views CASCADE');
      await project(sizes);
      expect({ sizes, rows: await everything() }).toEqual({ sizes, rows: oneByOne });
    }
  });
});

/** What tables and fold both know of a contract. */
function asTold(contract: ContractRow, terms: readonly TermRow[], notices: readonly NoticeRow[]) {
  const standing = terms.filter(({ state }) => state !== 'rescinded');
  const current = contract.status === 'effective' ? standing.at(-1) : undefined;
  return {
    ...{
      status: contract.status,
      revision: contract.revision,
      termNo: contract.termNo,
      endedAt: contract.endedAt,
    },
    terms: standing.map(({ termNo, endsOn, locksAt, annualFeeFen }) => [
      termNo,
      endsOn,
      locksAt,
      Number(annualFeeFen),
    ]),
    renewal: current?.renewal,
    notices: notices.map(({ id, termNo, effect }) => [id, termNo, effect]),
  };
}

function asFolded(state: Contract, revision: bigint): ReturnType<typeof asTold> {
  if (state.status === 'none') throw new Error('nothing has happened');
  if (state.status === 'draft')
    return {
      status: 'draft',
      revision,
      termNo: null,
      endedAt: null,
      terms: [],
      renewal: undefined,
      notices: [],
    };
  const renewal = { running: 'open', held: 'held', locked: 'locked', stopped: 'ending' } as const;
  return {
    ...{ status: state.status, revision, termNo: state.term.termNo },
    endedAt: state.status === 'effective' ? null : state.endedAt,
    terms: termsOf(state).map(({ termNo, endsOn, locksAt, annualFeeFen }) => [
      termNo,
      endsOn,
      locksAt,
      annualFeeFen,
    ]),
    renewal: state.status === 'effective' ? renewal[state.watch.lock] : undefined,
    notices: state.notices.map(({ noticeId, termNo, effect }) => [noticeId, termNo, effect]),
  };
}
