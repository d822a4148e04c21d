import nzh from 'nzh/cn';

/**
 * Whether an annual fee in figures and in capital characters denotes the same amount (AGR-3.2).
 * Compared are spellings, after the variants that custom allows: a currency prefix, 圆 for 元, a final 整 or 正, and the 零 that may
 * stand or fall after 元 before 角 and after 万 before 仟.
 */
export function sameAmount(annualFeeFen: number, annualFeeCapital: string): boolean {
  return normalised(capitalFigures(annualFeeFen)) === normalised(annualFeeCapital);
}

/** An amount in fen in capital characters: 12000000 -> 壹拾贰万元整. */
export function capitalFigures(amountFen: number): string {
  const yuan = Math.trunc(amountFen / 100);
  const rest = amountFen % 100;
  // Whole yuan go in without decimals: only then is 整 appended.
  const figures = rest === 0 ? `${yuan}` : `${yuan}.${String(rest).padStart(2, '0')}`;
  return nzh.toMoney(figures, { outSymbol: false });
}

function normalised(capital: string): string {
  return capital
    .replace(/\s/gu, '')
    .replace(/^人民币/u, '')
    .replace(/[圆圓]/gu, '元')
    .replace(/[整正]$/u, '')
    .replace(/^零元(?=.)/u, '')
    .replace(/元零(?=.角)/u, '元')
    .replace(/万零(?=.仟)/u, '万');
}
