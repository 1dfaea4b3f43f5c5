// Do the parameters of a call fit its method? One conversion per type, as lenient as supervisord's and no further.

import { TsvisorError } from '../model/errors.ts';
import { isList, isStruct, type RpcValue } from './value.ts';

/**
 * `truth`: any value, as supervisord takes it, while `boolean` is one. `signal`: a name or a number; `names`: a list of names; `calls`: what system.multicall
 * takes.
 */
export type ParamType = 'string' | 'int' | 'boolean' | 'truth' | 'signal' | 'names' | 'calls';

export interface Param {
  readonly name: string;
  readonly type: ParamType;
  readonly doc: string;
  /** Present: may be left out. */
  readonly default?: RpcValue;
}

const MAX_NAMES = 10_000;

const refuse = (reason: string): never => {
  throw new TsvisorError('BAD_REQUEST', { reason });
};

const toInt = (value: RpcValue, name: string): number => {
  const isWhole = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value);
  const number = isWhole || typeof value === 'number' || typeof value === 'boolean' ? Number(value) : NaN;
  return Number.isFinite(number) ? Math.trunc(number) : refuse(`${name} must be an integer`);
};

/** What is empty or zero is false. */
const toTruth = (value: RpcValue): boolean => {
  if (isList(value)) return value.length > 0;
  return isStruct(value) ? Object.keys(value).length > 0 : Boolean(value);
};

const toBoolean = (value: RpcValue, name: string): boolean =>
  typeof value === 'boolean' ? value : refuse(`${name} must be true or false`);

const toNames = (value: RpcValue, name: string): readonly string[] => {
  if (!isList(value) || value.length === 0) return refuse(`${name} must be a list of names`);
  if (value.length > MAX_NAMES) return refuse(`${name} has more than ${MAX_NAMES} names`);
  const texts = value.filter((one) => typeof one === 'string');
  return texts.length === value.length ? texts : refuse(`${name} must be a list of names`);
};

const toText = (value: RpcValue, name: string): string =>
  typeof value === 'string' ? value : refuse(`${name} must be a string`);

const toSignal = (value: RpcValue, name: string): string =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : refuse(`${name} must be a name or a number`);

/** The parameters of one call, each read by its name in the method's row. */
export interface Args {
  text(name: string): string;
  int(name: string): number;
  flag(name: string): boolean;
  signal(name: string): string;
  names(name: string): readonly string[];
  /** As it came. */
  value(name: string): RpcValue;
}

const CHECKS: Readonly<Record<ParamType, (value: RpcValue, name: string) => unknown>> = {
  string: toText,
  int: toInt,
  boolean: toBoolean,
  truth: toTruth,
  signal: toSignal,
  names: toNames,
  calls: (value, name) => (isList(value) ? value : refuse(`${name} must be a list of calls`)),
};

/** Refuses with BAD_REQUEST what does not fit; every parameter is checked, read or not. */
export const argsOf = (params: readonly Param[], given: ReadonlyMap<string, RpcValue>): Args => {
  const value = (name: string): RpcValue => {
    const found = given.get(name) ?? params.find((param) => param.name === name)?.default;
    return found ?? refuse(`${name} is missing`);
  };
  for (const { name, type } of params) CHECKS[type](value(name), name);
  return {
    text: (name) => toText(value(name), name),
    int: (name) => toInt(value(name), name),
    flag: (name) => toTruth(value(name)),
    signal: (name) => toSignal(value(name), name),
    names: (name) => toNames(value(name), name),
    value,
  };
};

/** By position, as XML-RPC has them. */
export const positional = (params: readonly Param[], values: readonly RpcValue[]): Args => {
  if (values.length > params.length)
    refuse(`it takes ${params.length} parameter${params.length === 1 ? '' : 's'}, not ${values.length}`);
  const entries = params.flatMap(({ name }, index) => {
    const value = values[index];
    return value === undefined ? [] : [[name, value] as const];
  });
  return argsOf(params, new Map(entries));
};
