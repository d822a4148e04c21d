import type { z } from 'zod';
import type { CommandData } from '#kernel/command';
import type { DataOf } from '#kernel/message';
import type { Instant, LocalDate } from '#kernel/time';
import type { contractCommands } from './commands.js';
import type { WatchName } from './deadlines.js';
import type { act, contractEvents, noticeEffect, Party, Term } from './events.js';
import type { ContractPolicy } from './policy.js';
import type { AgreedFee } from './price.js';

export type Act = z.output<typeof act>;
type Data<N extends keyof typeof contractEvents.shapes> = DataOf<typeof contractEvents.shapes, N>;
type Asked<N extends keyof typeof contractCommands> = CommandData<typeof contractCommands, N>;

export interface Notice {
  readonly noticeId: string;
  readonly from: Party;
  readonly arrivedAt: Instant;
  readonly evidence: string;
  /** The term that it counts for. */
  readonly termNo: number;
  readonly effect: z.output<typeof noticeEffect>;
  /** Who entered it: another person must rescind a renewal on its strength. */
  readonly enteredBy: string;
  readonly disputable: boolean;
  /** How a disputable notice was decided. */
  readonly accepted?: boolean;
  readonly withdrawal?: {
    readonly arrivedAt: Instant;
    readonly evidence: string;
    /** Who entered it: another person must rescind an expiry on its strength. */
    readonly enteredBy: string;
  };
  /** The renewal that it prevented was rescinded. */
  readonly rescinded?: true;
  /** The expiry that its withdrawal prevented was rescinded. */
  readonly expiryRescinded?: true;
}

/** What is still watched for in the running term. */
export interface Watch extends WatchName {
  /** The reminders that are still to come. */
  readonly reminderDays: readonly number[];
  /** `held`: fell due while a notice was undecided. `stopped`: a notice ends the term. */
  readonly lock: 'running' | 'held' | 'locked' | 'stopped';
}

/** What was agreed on paper, in every state after the draft. */
interface Agreed {
  readonly drafted: Asked<'DraftContract'>;
  readonly policy: ContractPolicy;
  readonly policyVersion: number;
  readonly fee?: Data<'FeeSet'>;
  readonly letter?: string;
  readonly signed: Readonly<Partial<Record<Party, Act>>>;
  readonly sealed: Readonly<Partial<Record<Party, Act>>>;
  readonly counterparts?: Data<'CounterpartsRecorded'>['counterparts'];
  readonly formation?: Data<'FormationByPerformanceRecorded'> & { readonly recordedBy: string };
  readonly legalConfirmation?: string;
}

export interface Draft extends Agreed {
  readonly status: 'draft';
}

/** What a contract is once it took effect, also after its end. */
interface Executed extends Agreed {
  readonly effectiveOn: LocalDate;
  /** The terms before the current one, first to last. */
  readonly pastTerms: readonly Term[];
  /** The current term, or the last. */
  readonly term: Term;
  /** How many terms ever began: more than there are, where a renewal was rescinded. */
  readonly termsBegun: number;
  readonly watch: Watch;
  readonly notices: readonly Notice[];
  readonly fees: readonly AgreedFee[];
  readonly amendments: readonly Asked<'AmendContract'>[];
}

export interface Effective extends Executed {
  readonly status: 'effective';
}

export interface Ended extends Executed {
  readonly status: 'expired' | 'terminated';
  readonly endedAt: Instant;
  readonly termination?: Asked<'TerminateContract'>;
}

/** Only what the rules need to know. What screens need is in the tables. */
export type Contract = { readonly status: 'none' } | Draft | Effective | Ended;

export const initial: Contract = { status: 'none' };

export const termsOf = ({ pastTerms, term }: Effective | Ended): readonly Term[] => [...pastTerms, term];
