import { describe, expect, test } from '@jest/globals';
import { capitalFigures, sameAmount } from './fee.js';

describe('AGR-3.2: both notations denote the same amount', () => {
  test.each([
    [12_000_000, '壹拾贰万元整'],
    [1_080_005, '壹万零捌佰元零伍分'],
    [10_000_150, '壹拾万零壹元伍角'],
    [30, '叁角'],
    [100_000_000, '壹佰万元整'],
  ])('%d fen is %s', (amountFen, capital) => {
    expect(capitalFigures(amountFen)).toBe(capital);
    expect(sameAmount(amountFen, capital)).toBe(true);
  });

  test.each([
    [12_000_000, '人民币壹拾贰万圆正'],
    [12_000_000, ' 壹拾贰 万元'],
    [10_000_150, '壹拾万零壹元伍角整'],
    [30, '零元叁角整'],
    [168_032, '壹仟陆佰捌拾元零叁角贰分'],
    [10_700_053, '壹拾万零柒仟元伍角叁分'],
  ])('%d fen may also be written %s', (amountFen, capital) => {
    expect(sameAmount(amountFen, capital)).toBe(true);
  });

  test.each([
    [12_000_001, '壹拾贰万元整'],
    [1_200_000, '壹拾贰万元整'],
    [1_000_500, '壹万伍元整'],
    [1_500, '壹拾伍'],
    [100, '一元'],
  ])('%d fen is not %s', (amountFen, capital) => {
    expect(sameAmount(amountFen, capital)).toBe(false);
  });
});
