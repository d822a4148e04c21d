import { z } from 'zod';
import { group, key, type PolicyGroups } from './group.js';

const count = z.int().nonnegative();
const days = z.int().positive();
const hours = z.int().positive();
const ratio = z.number().min(0).max(1);
const fen = z.int().nonnegative();
/** A table of lower bounds, ascending: the level is the last one reached. */
const ascending = z
  .array(z.number())
  .refine(
    (values) => values.every((value, i) => i === 0 || value > (values[i - 1] ?? 0)),
    'an ascending list',
  );

/**
 * The defaults of domain.md 7 whose contexts are still to come. Each context takes its own group over when it is built;
 * until then its values are kept, versioned and shown, and decide nothing.
 */
export const futurePolicies = {
  carrier: group({
    hotline: key(
      z.string().regex(/^\d{3,12}$/),
      '10010',
      'B',
      "The carrier's hotline; the seed names another carrier's.",
      1,
    ),
  }),
  campaign: group({
    bonusMode: key(
      z.enum(['EXTRA', 'TOTAL']),
      'EXTRA',
      'D',
      'Whether "pay 200, get 300" gives 300 on top, or in all.',
    ),
    bonusInstalments: key(
      z.int().min(1),
      1,
      'D',
      'In how many equal monthly parts the gift credit is released.',
    ),
    pointsPerYuan: key(count, 1, 'D', 'Points earned for each yuan paid; gifts earn none.'),
    pointsPerYuanRedeemed: key(z.int().positive(), 100, 'D', 'Points that one yuan costs.'),
    pointsExpireMonths: key(
      z.int().positive(),
      36,
      'D',
      'Months after the end of the month of accrual, oldest first.',
    ),
    preparationLeadWorkdays: key(
      count,
      1,
      'D',
      'Working days by which a preparation plan precedes its campaign.',
    ),
  }),
  id: group({
    ageReachedOnBirthday: key(
      z.boolean(),
      true,
      'D',
      'On the birthday the age is reached; 29 Feb births: 28 Feb in common years.',
    ),
    ageUnder16IncludesSixteen: key(
      z.boolean(),
      false,
      'D',
      'Whether "under sixteen" includes the sixteenth birthday.',
    ),
    under16AllowResidentId: key(z.boolean(), true, 'L', 'A minor may show a resident ID card too.'),
    militaryAllowResidentId: key(z.boolean(), true, 'L', 'A soldier may show a resident ID card too.'),
    orgCodeJoinedBefore: key(
      z.iso.date(),
      '2018-01-01',
      'D',
      'Organisation code certificates count for units joined before, or without a unified code.',
    ),
    introLetterRequiresUnitDocOnFile: key(
      z.boolean(),
      true,
      'D',
      'A letter of introduction counts only beside a unit document on file.',
    ),
    introLetterValidDays: key(days, 30, 'D', 'Days a letter of introduction is valid when it does not say.'),
    acceptLegacyLicence: key(
      z.boolean(),
      false,
      'D',
      'Accept business licences with the old 15-digit number.',
    ),
    acceptResidencePermits: key(
      z.boolean(),
      true,
      'D',
      'Accept residence permits and the foreign permanent resident card.',
      13,
    ),
  }),
  realname: group({
    maxCardsPerDocument: key(
      z.int().positive(),
      5,
      'P',
      'Mobile cards that one document may hold at one carrier.',
    ),
    retentionYearsAfterEnd: key(
      z.int().positive(),
      2,
      'P',
      'Years that identity data are kept after the service ends (MIIT Order 25 art. 11).',
    ),
  }),
  privacy: group({
    requestAnswerWorkdays: key(days, 15, 'D', "Working days in which a data subject's request is answered."),
  }),
  crm: group({
    atRiskIdleDays: key(days, 60, 'D', 'Days without billed usage after which a customer is at risk.'),
    atRiskSpendDropRatio: key(
      ratio,
      0.5,
      'D',
      'Drop against the mean of three months that puts a customer at risk.',
    ),
  }),
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
  star: group({
    scoreFrom: key(
      ascending,
      [0, 30, 90, 140, 260],
      'P',
      'Scores from which a customer has 1 to 5 stars, half-open.',
      10,
    ),
    windowMonths: key(z.int().positive(), 12, 'P', 'Closed bill months that are rated.'),
    minTenureMonth: key(
      z.int().positive(),
      7,
      'P',
      'The tenure month from which on a customer is rated; the joining month is 1.',
    ),
    validityMonths: key(z.int().positive(), 12, 'P', 'Months that a level is valid.'),
    tenureUpToMonths: key(
      ascending,
      [12, 24, 36, 60],
      'D',
      'The last tenure month of each tenure step but the highest.',
      10,
    ),
    tenureScorePermille: key(
      ascending,
      [1_000, 1_100, 1_200, 1_300, 1_500],
      'D',
      'The tenure score of each step, in thousandths.',
      10,
    ),
    suspensionsCap: key(
      z.int().positive(),
      3,
      'P',
      'Arrears suspensions in the window from which on the level is capped.',
    ),
    cappedAtStars: key(z.int().min(1).max(5), 3, 'P', 'The cap.'),
    ratedOnDayOfMonth: key(
      z.int().min(1).max(28),
      5,
      'P',
      'The day of the month on which customers are rated.',
    ),
  }),
  benefit: group({
    fourStarReconnectionsPerMonth: key(
      count,
      2,
      'P',
      'Emergency reconnections a month of a four-star customer.',
    ),
    fourStarReconnectionHours: key(hours, 72, 'P', 'Hours of each.'),
    fourStarTemporaryCreditFen: key(fen, 3_000, 'P', 'Temporary credit with each.'),
    unpaidMonthsMax: key(count, 2, 'P', 'Unpaid months beyond which the benefit is refused.'),
  }),
  provisioning: group({
    workdays: key(days, 5, 'S', 'Working days from the accepted application to the opened line.'),
    penaltyBase: key(
      z.enum(['INSTALL_FEES', 'FIRST_YEAR_FEE', 'FIXED']),
      'INSTALL_FEES',
      'D',
      'What the 1 % a day of a late opening is taken of.',
      8,
    ),
  }),
  fault: group({
    generalHours: key(hours, 12, 'S', 'Hours to restore an ordinary fault.'),
    fibreCutHours: key(hours, 24, 'S', 'Hours to restore a cable break, from the report.', 9),
    statutoryTownHours: key(hours, 48, 'L', 'Statutory limit in towns (Telecom Regulations art. 32).'),
    statutoryRuralHours: key(hours, 72, 'L', 'Statutory limit in rural areas (art. 32).'),
  }),
  lateFee: group({
    permillePerDay: key(
      z.int().positive(),
      3,
      'L',
      'Late fee a day in thousandths of the unpaid principal (art. 34).',
    ),
    capRatio: key(z.number().positive(), 1, 'P', 'Ceiling as a share of the original principal.'),
    rollDueDate: key(
      z.boolean(),
      true,
      'D',
      'A due date on a rest day moves to the next working day (Civil Code art. 203).',
    ),
    firstYearDueWorkdays: key(
      days,
      10,
      'D',
      'Working days from activation to the due date of the first annual fee.',
      6,
    ),
  }),
  arrears: group({
    suspendAfterDays: key(days, 30, 'L', 'Days overdue that must be exceeded before a suspension (art. 34).'),
    terminateAfterSuspensionDays: key(
      days,
      60,
      'L',
      'Days of suspension that must pass before termination (art. 34).',
    ),
    restoreTargetHours: key(hours, 24, 'D', 'Hours from full payment to restoration aimed at.'),
    restoreStatutoryHours: key(hours, 48, 'L', 'Hours from full payment to restoration at most (art. 34).'),
    allowContractualImmediateRescission: key(
      z.boolean(),
      false,
      'D',
      'Whether clause AGR-6.4 may cut the ladder short.',
      7,
    ),
    periodsRollOverRestDays: key(z.boolean(), false, 'D', 'Whether the 30 and 60 days roll over rest days.'),
  }),
  equipment: group({
    returnWorkdays: key(days, 10, 'D', 'Working days to return lent equipment after the end.'),
    depositFen: key(fen, 0, 'D', 'Equipment deposit unless agreed.'),
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
  security: group({
    reportHours: key(hours, 24, 'D', 'Hours in which an incident is reported.'),
    recheckWorkdays: key(days, 2, 'D', 'Working days from the cure notice to the re-check.'),
  }),
  logs: group({
    accessDays: key(days, 60, 'L', 'Days that access logs are kept.'),
    networkMonths: key(z.int().positive(), 6, 'L', 'Months that network logs are kept.'),
  }),
  billing: group({
    rawDataMonths: key(z.int().positive(), 5, 'P', 'Months that raw billing data are kept.'),
  }),
} satisfies PolicyGroups;
