import { z } from 'zod';
import { fen } from '#kernel/money';
import { ascending, count, days, hours, ratio } from './amounts.js';
import { group, key, type PolicyGroups } from './group.js';

/** Customers, documents, stars and the market side: defaults of domain.md 7. */
export const customerPolicies = {
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
} satisfies PolicyGroups;
