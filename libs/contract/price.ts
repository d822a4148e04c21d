import type { DataOf } from '#kernel/message';
import type { LocalDate } from '#kernel/time';
import { derivation } from '#kernel/trace';
import type { contractEvents } from './events.js';

/** A fee that was agreed, and the first day from which on a term that begins has it as its price. */
export interface AgreedFee {
  readonly countsFrom: LocalDate;
  readonly annualFeeFen: number;
}

/**
 * The price that a term is pinned to: of the fees that count by its first day the one that counts last; of two from the same day the
 * one agreed later. A term that has begun keeps it, because its fee is paid in one sum for the whole year (AGR-3.3), unless a fee
 * that counts by its first day was entered too late.
 */
export const termPrice = derivation(
  'contract.term-price',
  1,
  (i: {
    startsOn: LocalDate;
    /** `date:fen`, in the order of agreement, parted by blanks. */
    agreedFees: string;
  }): number =>
    parsed(i.agreedFees)
      .filter(({ countsFrom }) => countsFrom <= i.startsOn)
      .reduce((last, fee) => (fee.countsFrom < last.countsFrom ? last : fee)).annualFeeFen,
);

/** The fees that are agreed once an amendment is. */
export const feesAfter = (
  fees: readonly AgreedFee[],
  {
    effectiveOn,
    changes,
  }: Pick<DataOf<typeof contractEvents.shapes, 'ContractAmended'>, 'effectiveOn' | 'changes'>,
): readonly AgreedFee[] =>
  changes.fee ? [...fees, { countsFrom: effectiveOn, annualFeeFen: changes.fee.annualFeeFen }] : fees;

export const asText = (fees: readonly AgreedFee[]): string =>
  fees.map(({ countsFrom, annualFeeFen }) => `${countsFrom}:${annualFeeFen}`).join(' ');

const parsed = (fees: string) =>
  fees.split(' ').map((fee) => {
    const [countsFrom = '', fen] = fee.split(':');
    return { countsFrom, annualFeeFen: Number(fen) };
  });
