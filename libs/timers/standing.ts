/**
 * How a timer stands, in the terms of its deadline `d`, its work `w` and what a person has decided about it `c`: every reader
 * judges by these, so that what is claimed and what is shown cannot disagree.
 */
export const timers = `views.deadlines d
  LEFT JOIN views.timer_work w USING (stream, command, generation)
  LEFT JOIN views.timer_care c USING (stream, command, generation)`;

/** Nobody holds or has skipped it. */
export const unheld = `coalesce(c.state, 'released') = 'released'`;

/** It is not parked, or a person has released it from this very parking. */
export const unparked = `coalesce(c.released_parked_at = w.parked_at, w.parked_at IS NULL)`;

/** How long a timer may take before a deadline that is due counts as late. */
const LATE_AFTER_SECONDS = 60;

/** The one state of a timer at the instant that the SQL expression `now` yields. */
export const stateAt = (now: string): string => `CASE
  WHEN NOT ${unheld} THEN c.state
  WHEN NOT ${unparked} THEN 'parked'
  WHEN d.due_at > ${now} THEN 'waiting'
  WHEN d.due_at < ${now} - ${LATE_AFTER_SECONDS} * interval '1 second' THEN 'late'
  ELSE 'due' END`;
