// What is one method of the API, and what does it need to answer?

import type { Ask, Command, ReplyTo, Verb } from '../model/command.ts';
import type { Mood } from '../model/state.ts';
import type { FaultNumber } from './faults.ts';
import type { LogText } from './log-text.ts';
import type { Args, Param } from './params.ts';
import type { RpcValue } from './value.ts';

/** What a supervisor tells of itself without being asked for its processes. */
export interface Self {
  readonly version: string;
  readonly identifier: string;
  /** The pid to send signals to: the guardian's, where there is one. */
  readonly pid: number;
  mood(): Mood;
}

/** The one door, with the reply's type known by the verb. */
export type TypedAsk = <V extends Verb>(command: Command & { readonly verb: V }) => Promise<ReplyTo<V>>;

export const typedAsk = (ask: Ask): TypedAsk => {
  const typed = (command: Command): Promise<unknown> => ask(command);
  // Each verb is answered with its own reply: daemon/answers.ts is checked for that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return typed as TypedAsk;
};

export interface Context {
  readonly ask: TypedAsk;
  readonly self: Self;
}

type RpcType = 'string' | 'int' | 'boolean' | 'array' | 'struct';

/** A log that is too long for one piece is poured out while it is read. */
export type RpcResult = RpcValue | LogText;

export interface Method {
  /** `namespace.method`. */
  readonly name: string;
  /** Of a method that is the same under another name. */
  readonly aliasOf?: string;
  readonly params: readonly Param[];
  readonly returns: RpcType;
  /** One or two sentences for people. */
  readonly help: string;
  readonly faults: readonly FaultNumber[];
  /** Answered even while the supervisor stops or restarts. */
  readonly always?: true;
  readonly call: (args: Args, context: Context) => RpcResult | Promise<RpcResult>;
}
