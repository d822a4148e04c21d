import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reached, until } from '../../../test/support/projecting.js';
import { Rebuilding } from '../../../test/support/rebuilding.js';
import { dropKept, listTables } from './list.js';

describe('the list of tables', () => {
  let on: Rebuilding;
  beforeAll(async () => {
    on = await Rebuilding.open();
  });
  afterAll(() => on.close());

  it('lists them with those that are kept, until they are dropped', async () => {
    const runner = await on.start();
    on.ask('RebuildRequested', 1);
    await until(async () => (await on.generation()) === 1);
    on.pay();
    await reached(runner, on.log.head);
    const listed = async () =>
      (await listTables(on.dataSource)).map(({ name, place, generation, position, ofPosition }) => [
        ...[name, place, generation],
        position === ofPosition,
      ]);
    const live = [
      ['account-days', 'live', 0, true],
      ['accounts', 'live', 1, true],
      ['projection-care', 'live', 0, true],
    ];
    const kept = ['accounts', 'kept', 0, false];
    expect(await listed()).toEqual([...live.slice(0, 2), kept, ...live.slice(2)]);
    expect(await dropKept(on.dataSource, 'accounts')).toBe(true);
    expect(await listed()).toEqual(live);
    const left = await on.dataSource.query(`SELECT to_regclass('views_kept.accounts') AS left`);
    expect(left).toEqual([{ left: null }]);
    expect(await dropKept(on.dataSource, 'accounts')).toBe(false);
    await runner.stop();
  });
});
