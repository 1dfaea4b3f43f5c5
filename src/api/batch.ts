// What does supervisord's API say of an order to one process, and of one to many?

import type { Outcome } from '../model/command.ts';
import { TsvisorError, type ErrorCode } from '../model/errors.ts';
import { parseSelector } from '../model/name.ts';
import { faultOf } from './faults.ts';
import type { RpcValue } from './value.ts';

/** A bare name is a process in the group of its name; `all` has no meaning of its own here. */
export const specOf = (name: string): string => (name.includes(':') ? name : `${name}:${name}`);

/** `group:*` or `group:`. */
export const isGroupForm = (name: string): boolean => parseSelector(specOf(name)).kind === 'group';

const errorOf = ({ code, facts = {}, message }: Outcome): TsvisorError =>
  new TsvisorError(code ?? 'BAD_REQUEST', code === null ? { reason: message } : facts);

const structOf = (outcome: Outcome): RpcValue => {
  const { process, ok } = outcome;
  const { code, text } = ok ? { code: 80, text: 'OK' } : faultOf(errorOf(outcome));
  return { name: process.name, group: process.group, status: code, description: text };
};

/** One struct per process that the order applies to; `passedOver` is the refusal of those it does not. */
export const batchOf = (outcomes: readonly Outcome[], passedOver: ErrorCode): RpcValue => {
  const unknown = outcomes.find(({ code }) => code === 'BAD_GROUP' || code === 'BAD_NAME');
  if (unknown !== undefined) throw errorOf(unknown);
  return outcomes.filter(({ code }) => code !== passedOver).map(structOf);
};

const singleOf = ([outcome]: readonly Outcome[]): RpcValue => {
  if (outcome === undefined || outcome.ok) return true;
  throw errorOf(outcome);
};

/** The reply to an order that takes the name of a process or of a whole group. */
export const replyTo = (name: string, outcomes: readonly Outcome[], passedOver: ErrorCode): RpcValue =>
  isGroupForm(name) ? batchOf(outcomes, passedOver) : singleOf(outcomes);
