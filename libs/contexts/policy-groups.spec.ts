import { describe, expect, test } from '@jest/globals';
import { policyGroups } from './policy-groups.js';

/** Every key of domain.md 7 -> the policies that stand for it, with the default that it gives. */
// prettier-ignore
const domainKeys: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'carrier.hotline': { 'carrier.hotline': '10010' },
  timezone: { 'contract.timezone': 'Asia/Shanghai' },
  'age.reachedOnBirthday': { 'id.ageReachedOnBirthday': true },
  'id.under16.allowResidentId': { 'id.under16AllowResidentId': true },
  'id.military.allowResidentId': { 'id.militaryAllowResidentId': true },
  'id.orgCode.acceptFor': { 'id.orgCodeJoinedBefore': '2018-01-01' },
  'id.introLetter': { 'id.introLetterRequiresUnitDocOnFile': true, 'id.introLetterValidDays': 30 },
  'realname.maxCardsPerDocument': { 'realname.maxCardsPerDocument': 5 },
  'realname.retentionYearsAfterEnd': { 'realname.retentionYearsAfterEnd': 2 },
  'privacy.requestAnswerWorkdays': { 'privacy.requestAnswerWorkdays': 15 },
  'hall.starThresholds': {
    'hall.paymentsYuanFrom': [0, 200_000, 600_000, 1_500_000, 3_000_000],
    'hall.accountsBilledFrom': [0, 2_000, 6_000, 15_000, 30_000],
    'hall.areaSquareMetresFrom': [0, 60, 150, 300, 500],
  },
  'hall.ratingMode': { 'hall.ratingMode': 'ALL' },
  'star.thresholds': { 'star.scoreFrom': [0, 30, 90, 140, 260] },
  'star.windowMonths': { 'star.windowMonths': 12 },
  'star.minTenureMonth': { 'star.minTenureMonth': 7 },
  'star.validityMonths': { 'star.validityMonths': 12 },
  'star.tenureScore': { 'star.tenureScorePermille': [1_000, 1_100, 1_200, 1_300, 1_500] },
  'star.suspensionCap': { 'star.suspensionsCap': 3, 'star.cappedAtStars': 3 },
  'benefit.four.reconnect': {
    'benefit.fourStarReconnectionsPerMonth': 2,
    'benefit.fourStarReconnectionHours': 72,
    'benefit.fourStarTemporaryCreditFen': 3_000,
    'benefit.unpaidMonthsMax': 2,
  },
  'contract.termYears': { 'contract.termYears': 1 },
  'contract.noticeMonths': { 'contract.noticeMonths': 1 },
  'contract.executionMode': { 'contract.executionMode': 'SIGN_AND_SEAL' },
  'contract.termEndConvention': { 'contract.termEndConvention': 'CORRESPONDING_DAY' },
  'contract.anchor': { 'contract.anchor': 'ORIGINAL_DATE' },
  'contract.noticeReading': { 'contract.noticeReading': 'AT_LEAST_ONE_MONTH' },
  'contract.noticeGreyZone': { 'contract.noticeGreyZone': 'MANUAL_REVIEW' },
  'provisioning.workdays': { 'provisioning.workdays': 5 },
  'fault.general.hours': { 'fault.generalHours': 12 },
  'fault.fibreCut.hours': { 'fault.fibreCutHours': 24 },
  'fault.statutory.town/rural.hours': { 'fault.statutoryTownHours': 48, 'fault.statutoryRuralHours': 72 },
  'lateFee.permillePerDay': { 'lateFee.permillePerDay': 3 },
  'lateFee.capRatio': { 'lateFee.capRatio': 1 },
  'arrears.suspendAfterDays': { 'arrears.suspendAfterDays': 30 },
  'arrears.terminateAfterSuspensionDays': { 'arrears.terminateAfterSuspensionDays': 60 },
  'arrears.restoreHours.target / statutory': { 'arrears.restoreTargetHours': 24, 'arrears.restoreStatutoryHours': 48 },
  'equipment.returnWorkdays': { 'equipment.returnWorkdays': 10 },
  'equipment.deposit': { 'equipment.depositFen': 0 },
  'case.complaint': { 'case.complaintFirstResponseHours': 48, 'case.complaintResultWorkdays': 5, 'case.complaintOuterDays': 15 },
  'case.callback': { 'case.callbackWorkdays': 3, 'case.callbackAttempts': 3, 'case.callbackSamplePercentOther': 10 },
  connectRate: { 'connectRate.callsPerDay': 10, 'connectRate.answerSeconds': 15, 'connectRate.targetRatio': 0.85 },
  'evaluation.biweeklyAnchor': { 'evaluation.biweeklyAnchorOn': '2026-01-05' },
  'security.reportHours': { 'security.reportHours': 24 },
  'security.recheckWorkdays': { 'security.recheckWorkdays': 2 },
  'logs.accessDays': { 'logs.accessDays': 60 },
  'logs.networkMonths': { 'logs.networkMonths': 6 },
  'billing.rawDataMonths': { 'billing.rawDataMonths': 5 },
};

const defaults = Object.fromEntries(
  Object.entries(policyGroups).flatMap(([name, group]) =>
    Object.entries(group.defaults).map(([key, value]) => [`${name}.${key}`, value]),
  ),
);

describe('the policies of all contexts', () => {
  test.each(Object.entries(domainKeys))('%s is there, with the default of the domain', (_, expected) => {
    const found = Object.fromEntries(Object.keys(expected).map((key) => [key, defaults[key]]));
    expect(found).toEqual(expected);
  });

  test.each(Object.entries(policyGroups))(
    'the defaults of %s fit their own shape, key by key',
    (_, { shape, defaults, keys }) => {
      expect(shape.parse(defaults)).toEqual(defaults);
      expect(Object.keys(keys).sort()).toEqual(Object.keys(defaults).sort());
      for (const { source, description } of Object.values(keys)) {
        expect(['S', 'S?', 'L', 'P', 'B', 'D', '-']).toContain(source);
        expect(description).toMatch(/^[A-Z].*[.]$/);
      }
    },
  );

  test.each(Object.entries(policyGroups))(
    '%s takes no key that nobody declared',
    (_, { shape, defaults }) => {
      expect(shape.safeParse({ ...defaults, somethingElse: 1 }).success).toBe(false);
    },
  );

  test.each(Object.entries(policyGroups))(
    '%s misses none of its keys unnoticed',
    (_, { shape, defaults }) => {
      for (const name of Object.keys(defaults)) {
        const { [name]: _, ...rest } = defaults;
        expect([name, shape.safeParse(rest).success]).toEqual([name, false]);
      }
    },
  );

  test('open questions are those of domain.md 8', () => {
    const numbers = Object.values(policyGroups).flatMap(({ keys }) =>
      Object.values(keys).flatMap(({ openQuestion }) => openQuestion ?? []),
    );
    for (const number of numbers) expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]).toContain(number);
  });
});
