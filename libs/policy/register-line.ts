import { z } from 'zod';
import { fen } from '#kernel/money';
import { days, hours } from './amounts.js';
import { group, key, type PolicyGroups } from './group.js';

/** Lines: opening, faults, fees, arrears, equipment, information security: defaults of domain.md 7. */
export const linePolicies = {
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
