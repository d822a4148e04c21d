/** How much of each figure is measured. */
export interface Form {
  readonly name: string;
  readonly appends: Rounds & { readonly inFlight: readonly number[] };
  readonly rebuild: readonly { readonly events: number; readonly rounds: number }[];
  readonly engine: { readonly events: number; readonly eventsPerRow: number; readonly rounds: number };
  readonly lag: {
    /** Tried from the first on, until one is held. */
    readonly perSecond: readonly number[];
    readonly scheduleMs: number;
    readonly warmUpMs: number;
  };
  readonly midnight: { readonly contracts: number; readonly appends: Rounds };
}

/** Closed-loop work, measured in rounds. */
export interface Rounds {
  readonly warmUpMs: number;
  readonly roundMs: number;
  readonly rounds: number;
}

const lagRates = [1_000, 700, 500, 350, 250, 175, 120, 80, 50, 25, 10];

export const full: Form = {
  name: 'full',
  appends: { inFlight: [1, 32, 256], warmUpMs: 3_000, roundMs: 5_000, rounds: 5 },
  rebuild: [
    { events: 100_000, rounds: 3 },
    { events: 1_000_000, rounds: 2 },
  ],
  engine: { events: 200_000, eventsPerRow: 100, rounds: 5 },
  lag: { perSecond: lagRates, scheduleMs: 20_000, warmUpMs: 5_000 },
  midnight: { contracts: 100_000, appends: { warmUpMs: 2_000, roundMs: 5_000, rounds: 3 } },
};

/** Ends within two minutes on a quiet machine. */
export const short: Form = {
  name: 'short',
  appends: { inFlight: [1, 32, 256], warmUpMs: 1_000, roundMs: 1_000, rounds: 3 },
  rebuild: [
    { events: 5_000, rounds: 2 },
    { events: 20_000, rounds: 1 },
  ],
  engine: { events: 20_000, eventsPerRow: 100, rounds: 2 },
  lag: { perSecond: [1_000, 500, 250, 125, 60, 25, 10], scheduleMs: 2_500, warmUpMs: 1_000 },
  midnight: { contracts: 1_000, appends: { warmUpMs: 500, roundMs: 1_000, rounds: 3 } },
};
