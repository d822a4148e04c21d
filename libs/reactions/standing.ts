import type { Parked, Place, Refused, Standing } from './reaction-events.js';

/** An event of a journal, whatever it says. */
interface Said {
  readonly type: string;
  readonly data: unknown;
}

/** Whether an event of a journal says all that there is to know. */
export const isStanding = (event: Said): event is { readonly type: string; readonly data: Standing } =>
  saysAll.has(event.type);
const saysAll = new Set(['ReactionStarted', 'ReactionTakenOver', 'ReactionAdvanced', 'ReactionReleased']);

/** How a reaction stands: what is told by the last event that says all of it, and what has come since. */
export class JournalState {
  readonly version: number;
  readonly epoch: number;
  readonly owner: string | undefined;
  readonly after: Place | undefined;
  /** By target. */
  readonly parked: Map<string, Parked>;
  /** By the id of the command that was refused. */
  readonly refused: Map<string, Refused>;

  constructor({ version, epoch, owner, after, parked, refused }: Standing) {
    this.version = version;
    this.epoch = epoch;
    this.owner = owner;
    this.after = after;
    this.parked = new Map(parked.map((each) => [each.target, each]));
    this.refused = new Map(refused.map((each) => [each.commandId, each]));
  }

  apply({ type, data }: Said): void {
    // The data is that of the event by whose type it is told apart.
    if (type === 'ReactionRefused') this.refused.set((data as Refused).commandId, data as Refused);
    else if (type === 'ReactionParked') this.parked.set((data as Parked).target, data as Parked);
    else if (type === 'ReactionResumed') this.parked.delete((data as { target: string }).target);
    else throw new Error(`a journal does not hold ${type}`);
  }

  /** All of it, with everything up to `after` over. */
  standing(after: Place | undefined = this.after): Standing {
    const { version, epoch, owner, parked, refused } = this;
    const over = after === undefined ? -1n : BigInt(after.position);
    const open = [...refused.values()].filter(
      ({ at, target }) => BigInt(at.position) > over || parked.has(target),
    );
    return {
      ...{ version, epoch, parked: [...parked.values()], refused: open },
      ...(owner !== undefined && { owner }),
      ...(after && { after }),
    };
  }
}
