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
const late = 'd3b2f5e9-8c2a-4a3f-8b64-2a1f6e7d8c04';

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
  terminated: [...executedOn(D0), terminate(on('2024-06-01'), '2024-06-01')],
} satisfies Record<string, AskedOfContract[]>;
type State = keyof typeof states;

/** When the command of a cell is asked. What falls due until then is settled. */
const when: Record<State, string> = {
  ...{ none: D0, draft: D0, ready: D0, signing: D0, performed: D0, effective: '2025-01-20' },
  ...{ noticed: '2025-01-20', disputed: '2025-02-10', locked: '2025-02-10', expired: '2025-03-05' },
  terminated: '2024-06-02',
};

const names = Object.keys(states) as State[];
const nothing = 'nothing';
const otherwise = 'recorded-otherwise';
const ended = 'contract-ended';
const draft = 'not-effective';
const absent = 'not-drafted';
const unknown = 'no-such-notice';
const fixed = 'text-is-fixed';
const early = 'preconditions-missing';
const arrived = '2025-01-10';

type Cells = readonly [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
type Row = readonly [(at: string) => AskedOfContract, Cells];

// prettier-ignore
const table: Record<keyof typeof contractCommands, Row> = {
  //                                                     none      draft     ready     signing   performed  effective  noticed   disputed  locked    expired   terminated
  DraftContract:                 [(d) => ({ ...draftIt(on(d)), data: { ...draftIt(on(d)).data, bandwidthMbps: 200 } }),
                                                        ['ContractDrafted', 'already-drafted', 'already-drafted', 'already-drafted', 'already-drafted', 'already-drafted', 'already-drafted', 'already-drafted', 'already-drafted', 'already-drafted', 'already-drafted']],
  SetFee:                        [(d) => setFee(on(d), 30, '叁角'),
                                                        [absent,   'FeeSet', 'FeeSet', fixed,    'FeeSet',  fixed,     fixed,    fixed,    fixed,    ended,    ended]],
  RecordResponsibilityLetter:    [(d) => recordLetter(on(d), 'letter:other'),
                                                        [absent,   'ResponsibilityLetterRecorded', 'ResponsibilityLetterRecorded', fixed, 'ResponsibilityLetterRecorded', fixed, fixed, fixed, fixed, ended, ended]],
  SignContract:                  [(d) => sign(on(d), 'A', '2024-02-28'),
                                                        [absent,   early,    'PartySigned', otherwise, early, otherwise, otherwise, otherwise, otherwise, ended, ended]],
  SealContract:                  [(d) => seal(on(d), 'A', '2024-02-28'),
                                                        [absent,   early,    'PartySealed', 'PartySealed', early, otherwise, otherwise, otherwise, otherwise, ended, ended]],
  RecordCounterparts:            [(d) => recordCounterparts(on(d)),
                                                        [absent,   'CounterpartsRecorded', 'CounterpartsRecorded', 'CounterpartsRecorded', 'CounterpartsRecorded', 'CounterpartsRecorded', 'CounterpartsRecorded', 'CounterpartsRecorded', 'CounterpartsRecorded', ended, ended]],
  RecordFormationByPerformance:  [(d) => recordPerformance(on(d), '2024-02-20'),
                                                        [absent,   'FormationByPerformanceRecorded', 'FormationByPerformanceRecorded', 'FormationByPerformanceRecorded', otherwise, 'already-effective', 'already-effective', 'already-effective', 'already-effective', ended, ended]],
  ConfirmFormationByPerformance: [(d) => confirmPerformance(on(d)),
                                                        [absent,   'formation-not-recorded', 'formation-not-recorded', 'formation-not-recorded', 'FormationByPerformanceConfirmed ContractBecameEffective', 'already-effective', 'already-effective', 'already-effective', 'already-effective', ended, ended]],
  AmendContract:                 [(d) => amend(on(d), D0, D0, { bandwidthMbps: 200 }),
                                                        [absent,   draft,    draft,    draft,    draft,     'ContractAmended', 'ContractAmended', 'ContractAmended', 'ContractAmended', ended, ended]],
  ReceiveNonRenewalNotice:       [(d) => notice(on(d), on(d), 'B', late),
                                                        [absent,   draft,    draft,    draft,    draft,     'NonRenewalNoticeReceived', 'NonRenewalNoticeReceived', 'NonRenewalNoticeReceived', 'NonRenewalNoticeReceived', ended, ended]],
  DecideDisputableNotice:        [(d) => decideNotice(on(d), false),
                                                        [absent,   draft,    draft,    draft,    draft,     unknown,   'not-disputable', 'DisputableNoticeDecided RenewalLocked', unknown, 'not-disputable', unknown]],
  WithdrawNotice:                [(d) => withdraw(on(d), on(arrived)),
                                                        [absent,   draft,    draft,    draft,    draft,     unknown,   'NoticeWithdrawn', 'NoticeWithdrawn RenewalLocked', unknown, ended, unknown]],
  ConsentToWithdrawal:           [(d) => consent(on(d)),
                                                        [absent,   draft,    draft,    draft,    draft,     unknown,   'NoticeWithdrawn', 'NoticeWithdrawn RenewalLocked', unknown, ended, unknown]],
  RescindRenewal:                [(d) => rescind(on(d)),
                                                        [absent,   draft,    draft,    draft,    draft,     unknown,   'nothing-to-rescind', 'nothing-to-rescind', unknown, 'nothing-to-rescind', unknown]],
  TerminateContract:             [(d) => terminate(on(d), D0),
                                                        [absent,   draft,    draft,    draft,    draft,     'ContractTerminated', 'ContractTerminated', 'ContractTerminated', 'ContractTerminated', ended, ended]],
  // A deadline that is not open, whatever the state, is answered by nothing.
  RemindOfNoticeLimit:           [(d) => wake('RemindOfNoticeLimit', '1/60', on(d)),
                                                        [nothing,  nothing,  nothing,  nothing,  nothing,   nothing,   nothing,  nothing,  nothing,  nothing,  nothing]],
  LockRenewal:                   [(d) => wake('LockRenewal', '1', on(d)),
                                                        [nothing,  nothing,  nothing,  nothing,  nothing,   nothing,   nothing,  nothing,  nothing,  nothing,  nothing]],
  EndTerm:                       [(d) => wake('EndTerm', '1', on(d)),
                                                        [nothing,  nothing,  nothing,  nothing,  nothing,   nothing,   nothing,  nothing,  nothing,  nothing,  nothing]],
};

describe('AGR-1, AGR-7, AGR-10: every command in every state', () => {
  const rows = Object.entries(table).flatMap(([command, [ask, cells]]) =>
    names.map((state, index) => [command, state, cells[index], ask] as const),
  );

  test.each(rows)('%s when %s: %s', (_command, state, expected, ask) => {
    const play = playContract();
    const given = play.settle(play.given(...states[state]), on(when[state]));
    const { events, refused } = play.when(given, ask(when[state]));
    const settled = events.map(({ type }) => type).join(' ');
    expect(refused?.code ?? (settled || nothing)).toBe(expected);
  });

  test('no column is missing, and each state is what its name says', () => {
    expect(rows).toHaveLength(Object.keys(contractCommands).length * 11);
    const status = names.map((name) => {
      const play = playContract();
      const { state } = play.settle(play.given(...states[name]), on(when[name]));
      return 'watch' in state ? `${state.status} ${state.watch.lock}` : state.status;
    });
    expect(status).toEqual([
      ...['none', 'draft', 'draft', 'draft', 'draft', 'effective running', 'effective stopped'],
      ...['effective held', 'effective locked', 'expired stopped', 'terminated stopped'],
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
      notice(on('2025-01-30'), on('2025-01-30'), 'B', late),
      decideNotice(on('2025-02-01'), false, late),
      terminate(on('2025-02-02'), '2025-02-02'),
    ];
    const end = play.given(...once);
    for (const asked of once) {
      const { events, refused } = play.when(end, { ...asked, at: on('2025-02-03') });
      expect([asked.type, refused?.code, events]).toEqual([asked.type, undefined, []]);
    }
  });
});
