import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { RawEvent } from '#event-store/source';
import { MemoryLog, scripted } from '../../test/support/memory-log.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { bothTables, connect, failure, reached, run, stopAll } from '../../test/support/projecting.js';
import { Hole } from './errors.js';

describe('a log that does not continue where it left off', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: DataSource;
  const stream = 'account-11111111-1111-4111-8111-111111111111';

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await connect(database.url, bothTables);
  });
  afterEach(async () => {
    await stopAll();
    await dataSource.query('DROP SCHEMA views CASCADE');
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const history = () => {
    const log = new MemoryLog();
    const says = (type: string) => log.append('account', stream.slice(8), type, { owner: 'o' });
    const events = [says('AccountOpened'), says('AccountRenamed'), says('AccountRenamed')] as const;
    const other = log.append('account', randomUUID(), 'AccountOpened', { owner: 'o' });
    return { log, events, other };
  };
  const stopsWith = async (log: MemoryLog, batches: readonly (readonly RawEvent[])[], sentence: string) => {
    const error = await failure(run(dataSource, log, { source: scripted(batches) }));
    expect(error).toBeInstanceOf(Hole);
    expect(error?.message).toBe(`hole in ${stream}: ${sentence}`);
  };

  it('stops the reader at an event that is missing within a batch', async () => {
    const { log, events } = history();
    await stopsWith(log, [[events[0], events[2]]], 'revision 2 at position 300 follows revision 0');
  });

  it('stops it at one that is missing between two batches', async () => {
    const { log, events } = history();
    await stopsWith(log, [[events[0]], [events[2]]], 'revision 2 at position 300 follows revision 0');
  });

  it('stops it at one that is missing before the first', async () => {
    const { log, events } = history();
    await stopsWith(log, [[events[1]]], 'revision 1 at position 200 follows nothing');
  });

  it('stops it at an event that is repeated at a later position', async () => {
    const { log, events } = history();
    const batch = [...events, { ...events[2], position: 900n }];
    await stopsWith(log, [batch], 'revision 2 at position 900 follows revision 2');
  });

  it('stops it at an event that comes after a later one', async () => {
    const { log, events, other } = history();
    await stopsWith(log, [[events[0], other], [events[1]]], 'revision 1 at position 200 follows revision 0');
  });

  it('stops it at a stream that begins twice', async () => {
    const { log, events } = history();
    const runner = run(dataSource, log, { source: scripted([[events[0]]]) });
    await reached(runner, events[0].position);
    await runner.stop();
    const again = { ...events[0], eventId: randomUUID(), position: 500n };
    await stopsWith(log, [[again]], 'revision 0 at position 500 follows revision 0');
  });

  it('stops it at streams that are behind the checkpoint', async () => {
    const { log, events } = history();
    const runner = run(dataSource, log, { source: scripted([[events[0], events[1]]]) });
    await reached(runner, events[1].position);
    await runner.stop();
    await dataSource.query('UPDATE views.streams SET revision = 0');
    await stopsWith(log, [[events[2]]], 'revision 2 at position 300 follows revision 0');
    await dataSource.query('DELETE FROM views.streams');
    await stopsWith(log, [[events[2]]], 'revision 2 at position 300 follows nothing');
  });

  it('stops it at streams that are ahead of the checkpoint', async () => {
    const { log, events } = history();
    const runner = run(dataSource, log, { source: scripted([[events[0], events[1]]]) });
    await reached(runner, events[1].position);
    await runner.stop();
    await dataSource.query('UPDATE views.streams SET revision = 2');
    await stopsWith(log, [[events[2]]], 'revision 2 at position 300 follows revision 2');
  });
});
