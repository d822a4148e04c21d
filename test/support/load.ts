import { setTimeout as pause } from 'node:timers/promises';
import { ask, type App, type Reply } from './apps.js';
import { anyLater, draft, executedIn, type Asked } from './contract-work.js';
import { Journal, type Answer, type Sent } from './journal.js';
import { until } from './projecting.js';
import type { Random } from './random.js';

export type Target = Pick<App, 'url' | 'token'>;

interface LoadOptions {
  readonly clients: number;
  readonly random: Random;
  /** Where a command goes: asked anew for each attempt. */
  readonly target: () => Target;
  /** The instant at which the simulated clock stands. */
  readonly clockAt: string;
  /** Kept across several loads on one log. */
  readonly journal?: Journal;
  /** How many contracts it drafts at most. */
  readonly contractsMax?: number;
}

/** A contract that all clients know. */
interface Known {
  readonly id: string;
  /** As of the last answer that a client got; others may have moved it on. */
  revision: string;
}

const DAY_MS = 86_400_000;
const RETRY_MS = 20;
const THINKING_MS = 80;
const ANSWER_MS = 6_000;
/** No command waits for its answer through more than one step, and a repeat is recognised for 30 days of the business clock. */
const STEP_DAYS = 28;
const STEADY_MS = 180_000;
const begun = { loads: 0 };

/**
 * Clients that draft and execute contracts, get in each other's way at those that are there, repeat themselves, and write
 * down what they were told. What gets no answer is sent again with the same key until it gets one, as a client should.
 */
export class Load {
  readonly journal: Journal;
  /** Where the clock stands at the least. */
  clockAt: string;
  private readonly name = `load-${++begun.loads}`;
  private readonly stopping = new AbortController();
  private readonly known: Known[] = [];
  private readonly waiting = new Set<Promise<Answer>>();
  private readonly clients: Promise<void>[];
  private drafts = 0;
  private keys = 0;

  constructor(private readonly options: LoadOptions) {
    this.journal = options.journal ?? new Journal();
    this.clockAt = options.clockAt;
    this.clients = Array.from({ length: options.clients }, () => this.run());
    // A client's failure is told when the load is stopped, and ends the others.
    for (const client of this.clients) client.catch(() => this.stopping.abort());
  }

  /** Waits until so many more commands have been answered. Throws at once what a client did not expect. */
  async goesOn(answers: number): Promise<void> {
    const answered = () => this.journal.all.filter(({ answer }) => answer).length;
    const enough = answered() + answers;
    await until(() => this.failed || answered() >= enough, undefined, STEADY_MS);
    if (this.failed) await this.stop();
  }

  /** Ends the load once every command that was begun has been answered. Throws what a client did not expect. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.clients);
  }

  /** Moves the clock in steps so small that no command is sent again after the store may have forgotten it. */
  async moveClock(timers: () => Target, to: string): Promise<void> {
    while (this.clockAt < to && !this.failed) {
      await Promise.allSettled(this.waiting);
      const step = new Date(Date.parse(this.clockAt) + STEP_DAYS * DAY_MS).toISOString();
      const next = step < to ? step : to;
      await insistOnClock(timers, next);
      this.clockAt = next;
    }
  }

  private get failed(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    const { random, contractsMax = 40 } = this.options;
    while (!this.failed) {
      const mayDraft = this.drafts < contractsMax;
      if (mayDraft && random.chance(0.4)) await this.execute();
      else if (random.chance(0.2)) await this.repeat();
      else await this.disturb();
      await pause(random.whole(THINKING_MS / 4, THINKING_MS));
    }
  }

  /** A contract from its draft to its effect, unless others come between. */
  private async execute(): Promise<void> {
    this.drafts++;
    const drafted = await this.send('/v1/contracts', draft);
    if (drafted.is !== 'acknowledged') throw new Error(`a draft was refused: ${drafted.code}`);
    const contract: Known = { id: drafted.id, revision: drafted.revision };
    this.known.push(contract);
    for (const act of executedIn(this.clockAt, this.options.random)) {
      if (this.failed) return;
      const pinned = await this.sendTo(contract, act, this.options.random.chance(0.5));
      if (pinned.is === 'refused' && pinned.code === 'revision-mismatch')
        await this.sendTo(contract, act, false);
    }
  }

  private async disturb(): Promise<void> {
    const { random } = this.options;
    if (this.known.length === 0) return;
    await this.sendTo(random.pick(this.known), anyLater(this.clockAt, random), random.chance(0.4));
  }

  /** Asked again before the clock has moved on, whatever else has happened since, the answer is the same. */
  private async repeat(): Promise<void> {
    const recent = this.journal.acknowledged().slice(-50);
    const young = recent.filter(
      ({ sent, answer }) => sent.sentAt === this.clockAt && answer.eventIds.length > 0,
    );
    if (young.length === 0) return;
    const { sent, answer } = this.options.random.pick(young);
    this.journal.compare(sent, answer, await this.tracked(sent));
  }

  private async sendTo(contract: Known, [route, body]: Asked, pinned: boolean): Promise<Answer> {
    const headers = pinned ? { 'if-match': `"${contract.revision}"` } : {};
    const answer = await this.send(`/v1/contracts/${contract.id}/${route}`, body, headers);
    if (answer.is === 'acknowledged') contract.revision = answer.revision;
    return answer;
  }

  private async send(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    const sent = this.journal.begin(`${this.name}-${++this.keys}`, path, body, headers, this.clockAt);
    sent.answer = await this.tracked(sent);
    return sent.answer;
  }

  private tracked(sent: Sent): Promise<Answer> {
    const answering = this.insist(sent);
    this.waiting.add(answering);
    return answering.finally(() => this.waiting.delete(answering));
  }

  private async insist(sent: Sent): Promise<Answer> {
    for (;;) {
      const { path, body, headers } = sent;
      const asking = ask(this.options.target(), 'POST', path, body, headers, ANSWER_MS);
      const answer = this.journal.read(sent, await asking.catch(() => undefined));
      if (answer) return answer;
      await pause(RETRY_MS);
    }
  }
}

/** Moves the clock there, however often it has to be asked. */
export async function insistOnClock(app: () => Target, to: string): Promise<void> {
  let last: Reply | undefined;
  const giveUpAt = Date.now() + 180_000;
  while (last?.status !== 200) {
    if (Date.now() > giveUpAt)
      throw new Error(`the clock never came to ${to}: ${JSON.stringify(last?.body)}`);
    last = await ask(app(), 'POST', '/v1/clock', { to }, {}, ANSWER_MS).catch(() => undefined);
    if (last?.status !== 200) await pause(RETRY_MS);
  }
}
