import { Command } from '@nestjs/cqrs';
import type { AnyDecider } from '#kernel/decider';
import type { Answer, Cause } from './ask.js';

/** A command on its way through the bus. */
export type CommandClass = new (
  id: string,
  data: unknown,
  cause: Cause,
  options?: { readonly expectedRevision?: bigint },
) => Command<Answer>;

const classes = new WeakMap<AnyDecider, Map<string, CommandClass>>();

/** The class of one command of a decider, always the same one. */
export function commandClassOf(decider: AnyDecider, name: string): CommandClass {
  const ofDecider = classes.get(decider) ?? new Map<string, CommandClass>();
  classes.set(decider, ofDecider);
  const made = ofDecider.get(name) ?? makeClass(name);
  ofDecider.set(name, made);
  return made;
}

function makeClass(name: string): CommandClass {
  const made = class extends Command<Answer> {
    constructor(
      readonly id: string,
      readonly data: unknown,
      readonly cause: Cause,
      readonly options: { readonly expectedRevision?: bigint } = {},
    ) {
      super();
    }
  };
  Object.defineProperty(made, 'name', { value: name });
  return made;
}
