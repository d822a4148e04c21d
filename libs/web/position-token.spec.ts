import { expect, it } from '@jest/globals';
import { positionToken, PositionTokens } from './position-token.js';

const here = new PositionTokens('0190e3a0-0000-7000-8000-000000000001');
const elsewhere = new PositionTokens('0190e3a0-0000-7000-8000-000000000002');

it('reads back every position that it wrote, to the last digit', () => {
  for (const position of [0n, 7n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
    expect(here.decode(here.encode(position))).toBe(position);
  }
});

it('knows a token of another log', () => {
  expect(here.decode(elsewhere.encode(7n))).toBe('foreign log');
});

it.each(['', '7', '/7', '0190e3a0-0000-7000-8000-000000000001/', '0190e3a0-0000-7000-8000-000000000001/-7'])(
  'takes %p for no position',
  (text) => {
    expect(positionToken.safeParse(text).success).toBe(false);
  },
);
