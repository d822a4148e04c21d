import { describe, expect, test } from '@jest/globals';
import { applyDueChanges, dueShape, earliestDue, noDues, none, start, stop, type DueChange } from './due.js';
import { instantOf } from './time.js';

const startedBy = { eventId: 'event-1', correlationId: 'correlation-1' };
const at = (hour: number) => instantOf(`2026-03-01T${String(hour).padStart(2, '0')}:00:00Z`);
const open = (...changes: DueChange[]) => applyDueChanges(noDues, changes, startedBy);

describe('open deadlines', () => {
  test('one that is started is open, with the event that started it', () => {
    expect([...open(start('Read', '1', at(9))).values()]).toEqual([
      { command: 'Read', generation: '1', dueAt: at(9), startedBy },
    ]);
  });

  test('one that is stopped is not; others of its command stay, and one that is not open may be stopped', () => {
    const dues = open(
      start('Read', '1', at(9)),
      start('Read', '2', at(10)),
      stop('Read', '1'),
      stop('Seal', '1'),
    );
    expect([...dues.values()].map(({ generation }) => generation)).toEqual(['2']);
  });

  test('one that is started again moves', () => {
    const dues = applyDueChanges(open(start('Read', '1', at(9))), [start('Read', '1', at(11))], startedBy);
    expect([...dues.values()].map(({ dueAt }) => dueAt)).toEqual([at(11)]);
  });

  test('an event that changes none leaves them as they are, and none changes those it was given', () => {
    const dues = open(start('Read', '1', at(9)));
    expect(applyDueChanges(dues, none(), startedBy)).toBe(dues);
    applyDueChanges(dues, [stop('Read', '1')], startedBy);
    expect(dues.size).toBe(1);
  });
});

describe('the earliest that is due', () => {
  const dues = open(start('Second', '1', at(10)), start('First', '1', at(9)), start('Third', '1', at(10)));

  test('is due at its very instant, and not before', () => {
    expect(earliestDue(dues, instantOf('2026-03-01T08:59:59.999Z'))).toBeUndefined();
    expect(earliestDue(dues, at(9))?.command).toBe('First');
  });

  test('comes by its instant, and of equal ones by the order in which they were started', () => {
    expect(earliestDue(dues, at(23))?.command).toBe('First');
    const without = applyDueChanges(dues, [stop('First', '1')], startedBy);
    expect(earliestDue(without, at(23))?.command).toBe('Second');
  });
});

test('a deadline says which of its kind it is, and when', () => {
  expect(dueShape.parse({ generation: '2/60', dueAt: '2026-03-01T17:00:00+08:00' })).toEqual({
    generation: '2/60',
    dueAt: at(9),
  });
  expect(dueShape.safeParse({ generation: '1', dueAt: at(9), by: 'me' }).success).toBe(false);
});
