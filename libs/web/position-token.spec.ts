import { expect, it } from '@jest/globals';
import { positionToken, PositionTokens } from './position-token.js';

const logId = '0190e3a0-0000-7000-8000-000000000001';
const eventId = '5f0c7a52-6c0a-5d63-9d0b-0d3f5c7d0a01';
const here = new PositionTokens(logId);
const elsewhere = new PositionTokens('0190e3a0-0000-7000-8000-000000000002');

it('reads back every place that it wrote, to the last digit', () => {
  for (const position of [0n, 7n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
    expect(here.decode(here.encode({ position, eventId }))).toEqual({ position, eventId });
  }
});

it('knows a token of another log', () => {
  expect(here.decode(elsewhere.encode({ position: 7n, eventId }))).toBe('foreign log');
});

it('reads the tokens of earlier releases, which do not name the event', () => {
  expect(here.decode(`${logId}/7`)).toEqual({ position: 7n });
});

it.each(['', '7', '/7', `${logId}/`, `${logId}/-7`, `${logId}/7/`, `${logId}/7/7`])(
  'takes %p for no position',
  (text) => {
    expect(positionToken.safeParse(text).success).toBe(false);
  },
);
