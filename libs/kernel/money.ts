import { z } from 'zod';

/** An amount of money in integer fen (分, 1/100 yuan), never negative; currency CNY. */
export const fen = z.int().nonnegative().meta({ description: 'Amount in fen (1/100 CNY)', public: true });
