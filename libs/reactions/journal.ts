import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { RevisionConflict } from '#event-store/ask';
import { decode } from '#event-store/decode';
import { prepared } from '#event-store/prepared';
import type { Engine } from '#event-store/engine';
import { Turns } from '#event-store/turns';
import type { Envelope } from '#kernel/envelope';
import { schemaVersionOf, type NameOf } from '#kernel/message';
import { streamOf, type Recorded } from '#kernel/recorded';
import type { Described } from '#kernel/reaction';
import { TakenOver, TooManyParked } from './errors.js';
import { placeOf } from './place.js';
import { reactionEvents, type Parked, type Place, type Refused } from './reaction-events.js';
import { isStanding, JournalState } from './standing.js';

type Shapes = typeof reactionEvents.shapes;
/** Why an event of the journal is written: because of an event that was reacted to, or of nothing else. */
type Because = Pick<Recorded, 'eventId' | 'meta'>;

/** So many targets may be parked at a time: beyond it, it is the reaction or the release that fails, and not they. */
const PARKED_MAX = 100;

/**
 * A reaction's own stream. Each append expects the revision that this process knows, so that it has one writer: who is no longer
 * the owner finds out at the next append, and writes nothing.
 */
export class Journal {
  readonly stream: string;
  /** When this process last knew that it was the owner, in `performance.now()`. */
  confirmedAtMs = -Infinity;
  /** Of the last event that was read or written here. */
  revision = -1n;
  private state: JournalState | undefined;
  private readonly turns = new Turns();

  constructor(
    private readonly engine: Pick<Engine, 'store' | 'clock' | 'catalogue'>,
    private readonly described: Described,
  ) {
    this.stream = streamOf(reactionEvents.category, described.name);
  }

  /** Reads how the reaction stands, from the stream's end back to where all of it is said. A new one is started. */
  async open(): Promise<JournalState> {
    const later: Recorded[] = [];
    this.revision = -1n;
    this.state = undefined;
    for await (const raw of this.engine.store.readStreamBackwards(this.stream)) {
      const event = decode(this.engine.catalogue, raw);
      if (this.revision < 0n) this.revision = event.revision;
      if (isStanding(event)) {
        this.state = new JournalState(event.data);
        break;
      }
      later.unshift(event);
    }
    for (const event of later) this.state?.apply(event);
    return this.state ?? (await this.start());
  }

  async takeOver(owner: string): Promise<void> {
    const { version } = this.described;
    const { epoch } = this.known;
    await this.append('ReactionTakenOver', { ...this.known.standing(), version, epoch: epoch + 1, owner });
  }

  /** Written now and then. Only what lies before `after` is over, so that nothing unfinished is ever left behind. */
  async advance(after: () => Place | undefined): Promise<void> {
    await this.append('ReactionAdvanced', () => this.known.standing(after()));
  }

  /** Lets another process take over at once. */
  async release(after: () => Place | undefined): Promise<void> {
    await this.append('ReactionReleased', () => {
      const { owner: _, ...rest } = this.known.standing(after());
      return rest;
    });
  }

  async refuse(refused: Refused, because: Because): Promise<void> {
    await this.append('ReactionRefused', refused, because);
  }

  /** @throws TooManyParked */
  async park(parked: Parked, because: Because): Promise<void> {
    await this.append(
      'ReactionParked',
      () => {
        if (this.known.parked.size >= PARKED_MAX && !this.known.parked.has(parked.target))
          throw new TooManyParked(this.described.name, PARKED_MAX, parked.cause);
        return parked;
      },
      because,
    );
  }

  async resume(target: string, because: Because): Promise<void> {
    await this.append('ReactionResumed', { target }, because);
  }

  get isOpen(): boolean {
    return this.state !== undefined;
  }

  get known(): JournalState {
    if (!this.state) throw new Error(`${this.stream} has not been read`);
    return this.state;
  }

  private async start(): Promise<JournalState> {
    const { from, version } = this.described;
    const after = from === 'now' ? await this.headPlace() : undefined;
    await this.append('ReactionStarted', {
      ...{ from, version, epoch: 0, parked: [], refused: [] },
      ...(after && { after }),
    });
    return this.known;
  }

  private async headPlace(): Promise<Place | undefined> {
    const { store } = this.engine;
    const head = await store.head();
    const event = head === undefined ? undefined : await store.eventAt(head);
    return event && placeOf(event);
  }

  /** One append after the other. What it says is told when its turn has come, so that it says nothing that is over. */
  private append<N extends NameOf<Shapes>>(
    type: N,
    said: z.output<Shapes[N]> | (() => z.output<Shapes[N]>),
    because?: Because,
  ): Promise<void> {
    return this.turns.take(this.stream, async () => {
      const data = typeof said === 'function' ? said() : said;
      const eventId = randomUUID();
      const meta = this.envelopeOf(type, eventId, because);
      try {
        // The data is that of the type it goes with, which `Prepared` has forgotten.
        const event = prepared({ events: reactionEvents }, { eventId, type, data: data as never, meta });
        await this.engine.store.append(this.stream, this.revision, [event.stored]);
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
        throw new TakenOver(`another process writes ${this.stream}`, { cause: error });
      }
      this.revision++;
      this.confirmedAtMs = performance.now();
      const written = { type, data };
      if (isStanding(written)) this.state = new JournalState(written.data);
      else this.state?.apply(written);
    });
  }

  private envelopeOf(type: string, eventId: string, because: Because | undefined): Envelope {
    const now = this.engine.clock.now();
    return {
      schemaVersion: schemaVersionOf(reactionEvents, type),
      recordedAt: now,
      effectiveAt: now,
      actor: 'system:reaction',
      authority: 'system',
      channel: 'system',
      $correlationId: because?.meta.$correlationId ?? eventId,
      $causationId: because?.eventId ?? eventId,
      commandId: eventId,
      subjects: [`reaction:${this.described.name}`],
    };
  }
}
