import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { accountDays, accounts } from '../../../test/support/accounts.js';
import { reached, run, until } from '../../../test/support/projecting.js';
import { rebuildable, Rebuilding } from '../../../test/support/rebuilding.js';
import { countWrites, cutEachOnce } from '../../../test/support/statements.js';
import { projectionCareTable } from '../tables/projection-care.js';

describe('a rebuild, in rough weather', () => {
  let on: Rebuilding;
  beforeEach(async () => {
    on = await Rebuilding.open();
  });
  afterEach(() => on.close());

  it('takes the same number of statements for a batch whatever its size', async () => {
    const runner = await on.start();
    const statements = async (generation: number) => {
      const counted = countWrites();
      on.ask('RebuildRequested', generation);
      await until(async () => (await on.generation()) === generation);
      await reached(runner, on.log.head);
      counted.restore();
      return counted.kinds;
    };
    const few = await statements(1);
    for (let i = 0; i < 1_500; i++) on.log.append('account', randomUUID(), 'AccountOpened', { owner: 'o' });
    await reached(runner, on.log.head);
    expect(few.filter((kind) => kind === 'COPY')).toHaveLength(1);
    expect(await statements(2)).toEqual(few);
  });

  it('that loses its connection at each kind of statement once resumes, and ends with the same rows', async () => {
    await on.start();
    await on.damage();
    const cut = cutEachOnce(
      /views_next|views_kept|checkpoints IN EXCLUSIVE|^COMMIT|^COPY|virtualxid|^CREATE INDEX/,
    );
    try {
      on.ask('RebuildRequested', 1);
      await until(
        async () => (await on.generation().catch(() => 0)) === 1,
        () => [...cut.kinds].join(),
      );
    } finally {
      cut.restore();
    }
    expect(cut.kinds.size).toBeGreaterThan(10);
    expect(await on.tables()).toEqual(on.expected());
  });

  it('of a newer release goes on while the older one feeds its tables, takes over in the swap, and back', async () => {
    const older = await on.start();
    const newer = run(on.dataSource, on.log, {
      projections: [{ ...accounts, version: 2 }, accountDays, projectionCareTable],
      catalogue: rebuildable,
    });
    const versionIs = (version: number) =>
      until(async () => (await on.live('accounts'))[0]?.version === version);
    await versionIs(2);
    await until(() => older.status().state === 'standing-by' && newer.status().state === 'live');
    on.pay();
    await reached(newer, on.log.head);
    expect(await on.tables()).toEqual(on.expected());
    await newer.stop();
    await versionIs(1);
    on.pay();
    await until(() => older.status().state === 'live');
    await reached(older, on.log.head);
    expect(await on.tables()).toEqual(on.expected());
  });
});
