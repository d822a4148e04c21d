import { whole } from '#web/settings';

/** What the projections read from their environment beside what every application does. */
export const projectionSettings = {
  RECONCILE_EVERY_MS: whole(0, 86_400_000, 'milliseconds between two samples (0: never)').default(300_000),
};
