import { z } from 'zod';
import type { ParkedKey } from '#projection/parked';

/** What the answer of a list or a total says when its tables lack something: spread it into the answer's shape. */
export const incompleteness = {
  incomplete: z.literal(true).optional().meta({
    description: 'Some events could not be applied to the tables: rows are missing or not up to date.',
  }),
  parked: z
    .array(
      z.object({
        projection: z.string(),
        key: z.string().meta({ description: 'What is concerned, such as `contract-4f1c…`.' }),
        position: z.bigint().meta({ description: 'From where in the log on.' }),
        events: z.int(),
      }),
    )
    .optional()
    .meta({ description: 'What the answer lacks.' }),
};

export function incompletenessOf(parked: readonly ParkedKey[]): object {
  if (parked.length === 0) return {};
  const lacking = parked.map(({ projection, key, position, events }) => ({
    projection,
    key,
    position,
    events,
  }));
  return { incomplete: true, parked: lacking };
}
