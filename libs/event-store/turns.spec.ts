import { expect, test } from '@jest/globals';
import { Turns } from './turns.js';

/** Work that ends when it is told to, and notes when it begins and ends. */
function work(name: string, notes: string[]) {
  let end: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (end = resolve));
  const run = async () => {
    notes.push(`${name} begins`);
    await told;
    notes.push(`${name} ends`);
    return name;
  };
  return { run, end };
}

test('work on one key goes one after the other, in the order in which it was asked; on another key at once', async () => {
  const turns = new Turns();
  const notes: string[] = [];
  const [a, b, c] = [work('a', notes), work('b', notes), work('c', notes)] as const;
  const both = [turns.take('one', a.run), turns.take('one', b.run)];
  const beside = turns.take('two', c.run);
  b.end();
  c.end();
  expect(await beside).toBe('c');
  expect(notes).toEqual(['a begins', 'c begins', 'c ends']);
  a.end();
  expect(await Promise.all(both)).toEqual(['a', 'b']);
  expect(notes.slice(3)).toEqual(['a ends', 'b begins', 'b ends']);
});

test('work that fails tells its own caller, and the next takes its turn', async () => {
  const turns = new Turns();
  const failing = turns.take('one', () => Promise.reject(new Error('broken')));
  const next = turns.take('one', () => Promise.resolve('next'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('next');
});
