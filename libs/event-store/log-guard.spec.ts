import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { until } from '../../test/support/projecting.js';
import { ReplaceableNode } from '../../test/support/replaceable-node.js';
import { openEngine, type Engine } from './engine.js';
import { meter, meterEvents } from './fixtures/meter.js';
import { cause, NOON } from './fixtures/meters.js';
import { LogGuard, LogReplaced } from './log-guard.js';

describe('a log that is exchanged under a running process', () => {
  let node: ReplaceableNode;
  let engine: Engine;
  const others: Engine[] = [];
  const id = randomUUID();

  const open = () => openEngine({ eventStoreUrl: node.url, events: [meterEvents], simulatedFrom: NOON });
  const count = (by: number, at = engine, commandId = randomUUID()) =>
    at.executor.execute({
      decider: meter,
      id,
      command: { type: 'CountMeter', data: { by } },
      cause: cause(commandId),
    });
  const counted = async (at: Engine): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const { data } of at.store.readStream(`meter-${id}`)) found.push(data);
    return found;
  };
  const fresh = async (): Promise<Engine> => {
    const other = await open();
    others.push(other);
    return other;
  };

  beforeEach(async () => {
    node = await ReplaceableNode.start();
    engine = await open();
  });
  afterEach(async () => {
    for (const each of [engine, ...others.splice(0)]) await each.close();
    await node.remove();
  });

  it('by an older copy that others have gone on with: nothing is appended to a history that it was not decided on', async () => {
    await count(1);
    const older = await node.backup();
    await count(2);
    await node.replaceBy(older);
    const other = await fresh();
    await count(20, other);
    // The stream is as long again as this process remembers it, so that its revision alone would let the event in.
    await expect(count(3)).rejects.toThrow(LogReplaced);
    expect(await counted(other)).toEqual([{ by: 1 }, { by: 20 }]);
  });

  it('by an older copy: what was forgotten is not answered from memory', async () => {
    await count(1);
    const older = await node.backup();
    const commandId = randomUUID();
    await count(2, engine, commandId);
    await node.replaceBy(older);
    await expect(count(2, engine, commandId)).rejects.toThrow(LogReplaced);
    await expect(count(0)).rejects.toThrow(/was replaced or restored/);
  });

  it('by nothing, or by another log, is noticed by a process that asks for nothing', async () => {
    const empty = await node.backup();
    await node.replaceBy();
    await until(() => engine.store.guard.signal.aborted);
    await expect(count(1)).rejects.toThrow(LogReplaced);
    const other = await fresh();
    expect(other.logId).not.toBe(engine.logId);
    await count(1, other);
    await node.replaceBy(empty);
    await until(() => other.store.guard.signal.aborted);
  });

  it('is told apart from a server that was away for a while', async () => {
    await count(1);
    await node.restart();
    expect(await count(2)).toMatchObject({ revision: 1n });
    const later = await node.backup();
    await node.replaceBy(later);
    expect(await count(3)).toMatchObject({ revision: 2n });
    expect(engine.store.guard.signal.aborted).toBe(false);
  });
});

describe('the guard of a log', () => {
  const landmark = (position: bigint, eventId: string) => ({
    ...{ stream: 'meter-1', revision: position, position, eventId },
  });

  it('does not take an event that is read in doubt for the one that is lost', async () => {
    const guard = new LogGuard(async ({ eventId }) => eventId === 'foreign');
    guard.note(landmark(1n, 'own'));
    guard.suspect();
    guard.note(landmark(2n, 'foreign'));
    await expect(guard.sure()).rejects.toThrow(LogReplaced);
    await expect(guard.sure()).rejects.toThrow(LogReplaced);
  });

  it('is not sure again because of a look that began before the last doubt', async () => {
    const looks: ((held: boolean) => void)[] = [];
    const guard = new LogGuard(() => new Promise((resolve) => looks.push(resolve)));
    guard.note(landmark(1n, 'own'));
    guard.suspect();
    const sure = guard.sure();
    guard.suspect();
    looks[0]?.(true);
    await until(() => looks.length === 2);
    looks[1]?.(false);
    await expect(sure).rejects.toThrow(LogReplaced);
  });
});
