import { describe, expect, test } from '@jest/globals';
import { draftIt, on, playContract } from '../../test/support/contract.js';
import { contractPolicy, contractPolicyDefaults, contractPolicyKeys } from './policy.js';

const accepts = (changed: Record<string, unknown>) =>
  contractPolicy.safeParse({ ...contractPolicyDefaults, ...changed }).success;

describe('the policies of a contract', () => {
  test('the defaults are those of the domain, and every key is described', () => {
    expect(contractPolicy.parse(contractPolicyDefaults)).toEqual(contractPolicyDefaults);
    expect(Object.keys(contractPolicyKeys)).toEqual(Object.keys(contractPolicyDefaults));
  });

  test('refused are unknown keys, a notice period as long as the term, a reminder twice', () => {
    expect(accepts({ termYears: 2, noticeMonths: 23 })).toBe(true);
    expect(accepts({ termYears: 2, noticeMonths: 24 })).toBe(false);
    expect(accepts({ reminderDays: [31, 31] })).toBe(false);
    expect(accepts({ timezone: 'Asia/Nowhere' })).toBe(false);
    expect(accepts({ somethingElse: 1 })).toBe(false);
  });

  test('R6: what this release cannot do is not accepted', () => {
    expect(accepts({ termRollsOverRestDays: true })).toBe(false);
    expect(accepts({ noticeRollsOverRestDays: true })).toBe(false);
    expect(accepts({ renewWhileSuspended: false })).toBe(false);
  });

  test('a version from before a key was added is completed by the default', () => {
    const { lateNoticeCarriesOver: _, ...older } = contractPolicyDefaults;
    const { events } = playContract({}, older).given(draftIt(on('2025-03-15')));
    expect(events).toMatchObject([{ data: { policy: contractPolicyDefaults } }]);
  });
});
