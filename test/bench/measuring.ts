import type { Counts } from './counts.js';
import type { Figure, FigureId } from './figure.js';
import type { Form } from './forms.js';
import type { Stage } from './stage.js';

/** What a figure is measured with. */
export interface Measuring {
  readonly id: FigureId;
  readonly form: Form;
  /** Everything that is started comes from here, and is ended when the figure is done or has failed. */
  readonly stage: () => Promise<Stage>;
  readonly counts: Counts;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

export type Measure = (measuring: Measuring) => Promise<readonly Figure[]>;

export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;
