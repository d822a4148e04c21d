import type { RawEvent } from '#event-store/source';

/** What happens to the account tables, for the naive computation: events of the log, and starts of a release. */
export type Happening = RawEvent | { readonly cures: ReadonlySet<string> };

/** Which events cannot be applied in which projection before some cure: `accounts <event id>` -> the cure's name. */
export type Poison = ReadonlyMap<string, string>;

interface Day {
  readonly payments: number;
  readonly paid: number;
}

/** Event by event, without batches: what the tables and `views.parked` must hold. Shares nothing with the engine. */
export class NaiveTables {
  readonly accounts = new Map<string, { owner: string; paid: number }>();
  readonly days = new Map<string, Day>();
  private readonly lots = {
    accounts: new Map<string, RawEvent[]>(),
    'account-days': new Map<string, RawEvent[]>(),
  };
  private cures: ReadonlySet<string> = new Set();

  constructor(private readonly poison: Poison) {}

  /** `projection key position` of everything that is parked, the failed ones marked. */
  get parked(): string[] {
    return projections
      .flatMap((name) =>
        [...this.lots[name]].flatMap(([key, events]) =>
          events.map(({ position }, i) => `${name} ${key} ${position} ${i === 0 ? 'failed' : 'waits'}`),
        ),
      )
      .sort();
  }

  take(happening: Happening): void {
    if ('cures' in happening) {
      this.cures = happening.cures;
      for (const name of projections) for (const key of [...this.lots[name].keys()]) this.retry(name, key);
    } else if (happening.stream.startsWith('projection-')) {
      this.decide(happening);
    } else {
      for (const name of projections) {
        const key = keyIn(name, happening);
        const waiting = this.lots[name].get(key);
        if (waiting) waiting.push(happening);
        else if (!this.applies(name, happening)) this.lots[name].set(key, [happening]);
      }
    }
  }

  private decide({ stream, type, data }: RawEvent): void {
    const { key, upTo = '-1' } = data as { key: string; upTo?: string }; // As the test wrote it.
    const name = stream === 'projection-accounts' ? 'accounts' : 'account-days';
    if (!this.lots[name].has(key)) return;
    const left = (this.lots[name].get(key) ?? []).filter(({ position }) => position > BigInt(upTo));
    this.lots[name].set(key, type === 'ParkedSkipped' ? left : (this.lots[name].get(key) ?? []));
    this.retry(name, key);
  }

  private retry(name: Name, key: string): void {
    const events = this.lots[name].get(key) ?? [];
    while (events[0] && this.applies(name, events[0])) events.shift();
    if (events.length === 0) this.lots[name].delete(key);
    else this.lots[name].set(key, events);
  }

  private applies(name: Name, event: RawEvent): boolean {
    const poison = this.poison.get(`${name} ${event.eventId}`);
    if (poison !== undefined && !this.cures.has(poison)) return false;
    return name === 'accounts' ? this.appliesToAccount(event) : this.appliesToDay(event);
  }

  private appliesToAccount({ stream, type, data }: RawEvent): boolean {
    const id = stream.slice('account-'.length);
    const { owner = '', amountFen = 0 } = data as { owner?: string; amountFen?: number };
    const account = this.accounts.get(id);
    if (type === 'AccountOpened') return !account && Boolean(this.accounts.set(id, { owner, paid: 0 }));
    if (type === 'AccountClosed') this.accounts.delete(id);
    if (type === 'AccountClosed' || type === 'AccountAudited') return true;
    if (!account) return false;
    if (type === 'AccountRenamed') account.owner = owner;
    else account.paid += amountFen;
    return true;
  }

  private appliesToDay({ stream, type, data }: RawEvent): boolean {
    if (type !== 'AmountPaid') return true;
    const { day, amountFen } = data as { day: string; amountFen: number };
    if (day === noDay) return false;
    const key = `${stream.slice('account-'.length)} ${day}`;
    const { payments, paid } = this.days.get(key) ?? { payments: 0, paid: 0 };
    this.days.set(key, { payments: payments + 1, paid: paid + amountFen });
    return true;
  }
}

/** A date that Postgres refuses. */
export const noDay = '2026-02-30';

const projections = ['accounts', 'account-days'] as const;
type Name = (typeof projections)[number];

const keyIn = (name: Name, { stream, type, data }: RawEvent): string =>
  name === 'account-days' && type === 'AmountPaid' ? (data as { day: string }).day : stream;
