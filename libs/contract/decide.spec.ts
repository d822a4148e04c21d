// Every command in every state: what follows, nothing, or a refusal. No cell may be missing.
import { describe, expect, test } from '@jest/globals';
import {
  amend,
  confirmPerformance,
  consent,
  decideNotice,
  draftIt,
  executedOn,
  notice,
  on,
  playContract,
  recordCounterparts,
  recordLetter,
  recordPerformance,
  rescind,
  rescindExpiry,
  seal,
  setFee,
  sign,
  terminate,
  wake,
  withdraw,
  type AskedOfContract,
} from '../../test/support/contract.js';
import { contractCommands } from './commands.js';

// Effective on 29 February 2024, so that there is a grey zone: the limit is 28 January 2025, counted forwards 31 January.
const D0 = '2024-02-29';
const signed = executedOn(D0).slice(0, 4);
const secondNotice = 'd3b2f5e9-8c2a-4a3f-8b64-2a1f6e7d8c04';

const states = {
  none: [],
  draft: [draftIt(on(D0))],
  ready: [draftIt(on(D0)), setFee(on(D0)), recordLetter(on(D0))],
  signing: signed,
  performed: [draftIt(on(D0)), setFee(on(D0)), recordPerformance(on(D0), D0)],
  effective: executedOn(D0),
  noticed: [...executedOn(D0), notice(on('2025-01-10'))],
  disputed: [...executedOn(D0), notice(on('2025-01-30'))],
  locked: executedOn(D0),
  expired: [...executedOn(D0), notice(on('2025-01-10'))],
  takenBack: [...executedOn(D0), notice(on('2025-01-10')), consent(on('2025-03-04'), 'B', on('2025-02-01'))],
  terminated: [...executedOn(D0), terminate(on('2024-06-01'), '2024-06-01')],
} satisfies Record<string, AskedOfContract[]>;
type State = keyof typeof states;

/** The day on which a state's cells are asked. What falls due until then is settled. */
const when: Record<State, string> = {
  none: D0,
  draft: D0,
  ready: D0,
  signing: D0,
  performed: D0,
  effective: '2025-01-20',
  noticed: '2025-01-20',
  disputed: '2025-02-10',
  locked: '2025-02-10',
  expired: '2025-03-05',
  takenBack: '2025-03-05',
  terminated: '2024-06-02',
};

const names = Object.keys(states) as State[];
const nothing = 'nothing';
const otherwise = 'recorded-otherwise';
const draft = 'not-effective';
const unknown = 'no-such-notice';
const withdrawn = 'notice-withdrawn';
const fixed = 'text-is-fixed';

// A row names its groups of states first and what differs within them after; the compiler misses any state that neither names.
const drafts = (cell: string) => ({ draft: cell, ready: cell, signing: cell, performed: cell });
const inForce = (cell: string) => ({ effective: cell, noticed: cell, disputed: cell, locked: cell });
const over = (cell: string) => ({ expired: cell, takenBack: cell, terminated: cell });
const absent = { none: 'not-drafted' };
const ended = over('contract-ended');

type Row = readonly [(day: string) => AskedOfContract, Record<State, string>];

const other = (asked: AskedOfContract) => ({ ...asked, data: { ...asked.data, bandwidthMbps: 200 } });

// prettier-ignore
const table: Record<keyof typeof contractCommands, Row> = {
  DraftContract: [(day) => other(draftIt(on(day))),
    { none: 'ContractDrafted', ...drafts('already-drafted'), ...inForce('already-drafted'), ...over('already-drafted') }],
  SetFee: [(day) => setFee(on(day), 30, '叁角'),
    { ...absent, ...drafts('FeeSet'), signing: fixed, ...inForce(fixed), ...ended }],
  RecordResponsibilityLetter: [(day) => recordLetter(on(day), 'letter:other'),
    { ...absent, ...drafts('ResponsibilityLetterRecorded'), signing: fixed, ...inForce(fixed), ...ended }],
  SignContract: [(day) => sign(on(day), 'A', '2024-02-28'),
    { ...absent, ...drafts('preconditions-missing'), ready: 'PartySigned', signing: otherwise, ...inForce(otherwise), ...ended }],
  SealContract: [(day) => seal(on(day), 'A', '2024-02-28'),
    { ...absent, ...drafts('preconditions-missing'), ready: 'PartySealed', signing: 'PartySealed', ...inForce(otherwise), ...ended }],
  RecordCounterparts: [(day) => recordCounterparts(on(day)),
    { ...absent, ...drafts('CounterpartsRecorded'), ...inForce('CounterpartsRecorded'), ...ended }],
  RecordFormationByPerformance: [(day) => recordPerformance(on(day), '2024-02-20'),
    { ...absent, ...drafts('FormationByPerformanceRecorded'), performed: otherwise, ...inForce('already-effective'), ...ended }],
  ConfirmFormationByPerformance: [(day) => confirmPerformance(on(day)),
    { ...absent, ...drafts('formation-not-recorded'), performed: 'FormationByPerformanceConfirmed ContractBecameEffective',
      ...inForce('already-effective'), ...ended }],
  AmendContract: [(day) => amend(on(day), D0, D0, { bandwidthMbps: 200 }),
    { ...absent, ...drafts(draft), ...inForce('ContractAmended'), ...ended }],
  ReceiveNonRenewalNotice: [(day) => notice(on(day), on(day), 'B', secondNotice),
    { ...absent, ...drafts(draft), ...inForce('NonRenewalNoticeReceived'), ...ended }],
  DecideDisputableNotice: [(day) => decideNotice(on(day), false),
    { ...absent, ...drafts(draft), ...inForce(unknown), noticed: 'not-disputable', disputed: 'DisputableNoticeDecided RenewalLocked',
      expired: 'not-disputable', takenBack: withdrawn, terminated: unknown }],
  WithdrawNotice: [(day) => withdraw(on(day), on('2025-01-10')),
    { ...absent, ...drafts(draft), ...inForce(unknown), noticed: 'NoticeWithdrawn', disputed: 'NoticeWithdrawn RenewalLocked',
      expired: 'NoticeWithdrawn', takenBack: withdrawn, terminated: unknown }],
  ConsentToWithdrawal: [(day) => consent(on(day)),
    { ...absent, ...drafts(draft), ...inForce(unknown), noticed: 'NoticeWithdrawn', disputed: 'NoticeWithdrawn RenewalLocked',
      ...ended, terminated: unknown }],
  RescindRenewal: [(day) => rescind(on(day)),
    { ...absent, ...drafts(draft), ...inForce(unknown), noticed: 'nothing-to-rescind', disputed: 'nothing-to-rescind',
      expired: 'nothing-to-rescind', takenBack: withdrawn, terminated: unknown }],
  RescindExpiry: [(day) => rescindExpiry(on(day)),
    { ...absent, ...drafts(draft), ...inForce(unknown), noticed: 'nothing-to-rescind', disputed: 'nothing-to-rescind',
      expired: 'nothing-to-rescind', terminated: unknown, takenBack: 'ExpiryRescinded RenewalLocked ContractRenewed' }],
  TerminateContract: [(day) => terminate(on(day), D0),
    { ...absent, ...drafts(draft), ...inForce('ContractTerminated'), ...ended }],
  // A deadline that is not open, whatever the state, is answered by nothing.
  RemindOfNoticeLimit: [(day) => wake('RemindOfNoticeLimit', '1/60', on(day)),
    { none: nothing, ...drafts(nothing), ...inForce(nothing), ...over(nothing) }],
  LockRenewal: [(day) => wake('LockRenewal', '1', on(day)),
    { none: nothing, ...drafts(nothing), ...inForce(nothing), ...over(nothing) }],
  EndTerm: [(day) => wake('EndTerm', '1', on(day)),
    { none: nothing, ...drafts(nothing), ...inForce(nothing), ...over(nothing) }],
};

describe('AGR-1.1, AGR-7, AGR-10.1: every command in every state', () => {
  const rows = Object.entries(table).flatMap(([command, [ask, cells]]) =>
    names.map((state) => [command, state, cells[state], ask] as const),
  );

  test.each(rows)('%s when %s: %s', (_command, state, expected, ask) => {
    const play = playContract();
    const given = play.settle(play.given(...states[state]), on(when[state]));
    const { events, refused } = play.when(given, ask(when[state]));
    const settled = events.map(({ type }) => type).join(' ');
    expect(refused?.code ?? (settled || nothing)).toBe(expected);
  });

  test('no cell is missing, and each state is what its name says', () => {
    expect(rows).toHaveLength(Object.keys(contractCommands).length * 12);
    const status = names.map((name) => {
      const play = playContract();
      const { state } = play.settle(play.given(...states[name]), on(when[name]));
      return 'watch' in state ? `${state.status} ${state.watch.lock}` : state.status;
    });
    expect(status).toEqual([
      ...['none', 'draft', 'draft', 'draft', 'draft', 'effective running', 'effective stopped'],
      ...['effective held', 'effective locked', 'expired stopped', 'expired stopped', 'terminated stopped'],
    ]);
  });

  test('a repeated command is nothing, in whatever state it left the contract', () => {
    const play = playContract();
    const day = '2025-01-20';
    const once: AskedOfContract[] = [
      ...executedOn(D0),
      recordCounterparts(on(day)),
      amend(on(day), D0, '2025-02-01', { bandwidthMbps: 200 }),
      notice(on(day)),
      consent(on(day, '11:00:00')),
      notice(on('2025-01-30'), on('2025-01-30'), 'B', secondNotice),
      decideNotice(on('2025-02-01'), false, secondNotice),
      terminate(on('2025-02-02'), '2025-02-02'),
    ];
    const end = play.given(...once);
    for (const asked of once) {
      const { events, refused } = play.when(end, { ...asked, at: on('2025-02-03') });
      expect([asked.type, refused?.code, events]).toEqual([asked.type, undefined, []]);
    }
  });
});
