import { z } from 'zod';
import { ascending, days, hours, ratio } from './amounts.js';
import { group, key, type PolicyGroups } from './group.js';

/** The service desk and the halls: defaults of domain.md 7. */
export const servicePolicies = {
  hall: group({
    paymentsYuanFrom: key(
      ascending,
      [0, 200_000, 600_000, 1_500_000, 3_000_000],
      'D',
      'Payments a month from which a hall has 1 to 5 stars.',
      2,
    ),
    accountsBilledFrom: key(
      ascending,
      [0, 2_000, 6_000, 15_000, 30_000],
      'D',
      'Accounts billed a month from which a hall has 1 to 5 stars.',
      3,
    ),
    areaSquareMetresFrom: key(
      ascending,
      [0, 60, 150, 300, 500],
      'D',
      'Floor area from which a hall has 1 to 5 stars.',
      2,
    ),
    ratingMode: key(
      z.enum(['ALL', 'MAJORITY', 'SCORE']),
      'ALL',
      'D',
      'How the three criteria of a hall combine.',
      2,
    ),
    inspectionEveryHours: key(hours, 2, 'D', 'Hours between inspections while a hall is open.'),
  }),
  case: group({
    complaintFirstResponseHours: key(hours, 48, 'P', 'First response to a complaint.'),
    complaintResultWorkdays: key(days, 5, 'L', 'Result of a complaint (Henan).'),
    complaintOuterDays: key(days, 15, 'P', 'Statutory outer limit of a complaint.'),
    callbackWorkdays: key(days, 3, 'D', 'Working days from the answer to the callback.'),
    callbackAttempts: key(
      z.int().positive(),
      3,
      'D',
      'Attempts on different days before a callback is exhausted.',
    ),
    callbackSamplePercentOther: key(
      z.int().min(0).max(100),
      10,
      'D',
      'Share of other cases that are called back.',
    ),
  }),
  connectRate: group({
    callsPerDay: key(z.int().positive(), 10, 'D', 'Test calls a day and line.', 11),
    answerSeconds: key(z.int().positive(), 15, 'P', 'Seconds within which a call counts as connected.'),
    targetRatio: key(ratio, 0.85, 'B', 'Share of calls to be connected.'),
  }),
  evaluation: group({
    biweeklyAnchorOn: key(
      z.iso.date(),
      '2026-01-05',
      'D',
      'A Monday from which the two-week cycles are counted.',
      11,
    ),
  }),
} satisfies PolicyGroups;
