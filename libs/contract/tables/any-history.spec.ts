import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import {
  carriedOver,
  expiryRescinded,
  greyZone,
  record,
  renewedTwice,
  repriced,
  rescinded,
  terminated,
  withdrawn,
} from '../../../test/support/contract-lives.js';
import { ContractTables } from '../../../test/support/contract-tables.js';
import { playContract } from '../../../test/support/contract.js';
import { reached } from '../../../test/support/projecting.js';
import { contractEvents } from '../events.js';
import { termsOf, type Contract } from '../state.js';
import type { ContractRow } from './contract-row.js';
import type { NoticeRow } from './notices.js';
import type { TermRow } from './term-row.js';

const idOf = (life: number) => `5f0c7a52-6c0a-4d63-9d0b-00000000000${life}`;
const lives = {
  renewedTwice,
  repriced,
  terminated,
  rescinded,
  greyZone,
  withdrawn,
  carriedOver,
  expiryRescinded,
};

describe("the contract's tables, whatever happens", () => {
  let tables: ContractTables;
  const id = idOf(0);

  beforeEach(async () => {
    tables = await ContractTables.open();
  });
  afterEach(() => tables.close());

  it('meets every event that can happen to a contract', () => {
    const met = Object.values(lives).flatMap((life) => life().events.map(({ type }) => type));
    expect(new Set(met)).toEqual(new Set(Object.keys(contractEvents.shapes)));
  });

  it.each(Object.entries(lives))('agrees with the fold after every event: %s', async (_name, life) => {
    const { events: happened } = life();
    const runner = tables.run();
    for (const [index, event] of happened.entries()) {
      record(tables.log, id, [event]);
      await reached(runner, tables.log.head);
      // The end of the contract follows in the same append; in between the later terms are still there.
      if (event.type === 'RenewalRescinded') continue;
      const { state } = playContract().fold(happened.slice(0, index + 1));
      expect({
        event: event.type,
        ...asTold(await tables.contract(id), await tables.terms(id), await tables.notices(id)),
      }).toEqual({
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
      for (const queue of queues) record(tables.log, queue.id, queue.events.splice(0, 1));
    }
    await tables.project(tables.log.events.map(() => 1));
    const oneByOne = await tables.everything();
    for (let round = 0; round < 5; round++) {
      const sizes = tables.log.events.map(() => 1 + randomInt(12));
      await tables.dataSource.query('DROP SCHEMA views CASCADE');
      await tables.project(sizes);
      expect({ sizes, rows: await tables.everything() }).toEqual({ sizes, rows: oneByOne });
    }
  });
});

/** What tables and fold both know of a contract. */
function asTold(contract: ContractRow, terms: readonly TermRow[], notices: readonly NoticeRow[]) {
  const standing = terms.filter(({ state }) => state !== 'rescinded');
  const current = contract.status === 'effective' ? standing.at(-1) : undefined;
  return {
    status: contract.status,
    revision: contract.revision,
    termNo: contract.termNo,
    endedAt: contract.endedAt,
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
    status: state.status,
    revision,
    termNo: state.term.termNo,
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
