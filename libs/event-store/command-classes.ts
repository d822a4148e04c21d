import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Inject, type Type } from '@nestjs/common';
import type { AnyDecider } from '#kernel/decider';
import type { Answer, Cause } from './ask.js';
import type { Engine } from './engine.js';
import { ENGINE } from './engine-module.js';

export interface CommandOptions {
  /** The revision that the caller insists on. */
  readonly expectedRevision?: bigint;
  /** The id was made for this very command. */
  readonly creates?: boolean;
}

/** A command as Nest's CommandBus takes it. There is one class for each line of each decider's command table. */
export abstract class AskedCommand extends Command<Answer> {
  constructor(
    readonly id: string,
    readonly data: unknown,
    readonly cause: Cause,
    readonly options: CommandOptions = {},
  ) {
    super();
  }
}

type AskedCommandClass = new (...asked: ConstructorParameters<typeof AskedCommand>) => AskedCommand;

const classes = new WeakMap<AnyDecider, Map<string, AskedCommandClass>>();

/** The class of a decider's command: the same one every time, since the bus dispatches by class. */
export function commandClassOf(decider: AnyDecider, name: string): AskedCommandClass {
  if (!decider.commands[name]) throw new Error(`${decider.events.category} has no command ${name}`);
  const ofDecider = classes.get(decider) ?? new Map<string, AskedCommandClass>();
  classes.set(decider, ofDecider);
  const known = ofDecider.get(name);
  if (known) return known;
  // A computed key is what gives the class its name, which logs and metrics of the bus show.
  const made = { [name]: class extends AskedCommand {} }[name] as AskedCommandClass;
  ofDecider.set(name, made);
  return made;
}

/** A handler for every command of these deciders: providers for the module that has the CqrsModule. */
export function commandHandlers(deciders: readonly AnyDecider[]): Type<ICommandHandler>[] {
  return deciders.flatMap((decider) => Object.keys(decider.commands).map((name) => handlerOf(decider, name)));
}

function handlerOf(decider: AnyDecider, type: string): Type<ICommandHandler> {
  class Handler implements ICommandHandler<AskedCommand, Answer> {
    constructor(private readonly engine: Engine) {}

    execute({ id, data, cause, options }: AskedCommand): Promise<Answer> {
      return this.engine.executor.execute({ decider, id, command: { type, data }, cause, ...options });
    }
  }
  Inject(ENGINE)(Handler, undefined, 0);
  CommandHandler(commandClassOf(decider, type))(Handler);
  return Handler;
}
