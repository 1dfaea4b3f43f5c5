// Which fault does a client of supervisord's API get for a refusal, and in which words?

import { ERRORS, TsvisorError } from '../model/errors.ts';
import type { Fault } from './xml.ts';

/** supervisord's names of its fault numbers. */
export const FAULTS = {
  1: 'UNKNOWN_METHOD',
  2: 'INCORRECT_PARAMETERS',
  3: 'BAD_ARGUMENTS',
  4: 'SIGNATURE_UNSUPPORTED',
  6: 'SHUTDOWN_STATE',
  10: 'BAD_NAME',
  11: 'BAD_SIGNAL',
  20: 'NO_FILE',
  21: 'NOT_EXECUTABLE',
  30: 'FAILED',
  40: 'ABNORMAL_TERMINATION',
  50: 'SPAWN_ERROR',
  60: 'ALREADY_STARTED',
  70: 'NOT_RUNNING',
  80: 'SUCCESS',
  90: 'ALREADY_ADDED',
  91: 'STILL_RUNNING',
  92: 'CANT_REREAD',
} as const;

export type FaultNumber = keyof typeof FAULTS;

const isFaultNumber = (value: number): value is FaultNumber => Object.hasOwn(FAULTS, value);

type Detail = (error: TsvisorError, given: string | null) => string | number | undefined;

const nothing: Detail = () => undefined;
const whatWasGiven: Detail = ({ facts }, given) => given ?? facts['name'];

/** What follows the name of the fault. */
const DETAILS: Readonly<Record<FaultNumber, Detail>> = {
  1: nothing,
  2: ({ facts }) => facts['reason'],
  3: nothing,
  4: nothing,
  6: nothing,
  10: whatWasGiven,
  11: ({ facts }) => facts['signal'],
  20: (error, given) => error.facts['path'] ?? error.facts['reason'] ?? whatWasGiven(error, given),
  21: ({ facts }) => facts['reason'],
  30: ({ message }) => message,
  40: whatWasGiven,
  50: whatWasGiven,
  60: whatWasGiven,
  70: whatWasGiven,
  80: nothing,
  90: whatWasGiven,
  91: whatWasGiven,
  92: ({ facts }) => facts['problems'],
};

/** `given` is the name as the client wrote it, null when it gave none. */
export const faultOf = (error: TsvisorError, given: string | null = null): Fault => {
  const number = ERRORS[error.code].fault;
  const code = isFaultNumber(number) ? number : 30;
  const detail = DETAILS[code](error, given);
  const name = FAULTS[code];
  return { code, text: detail === undefined || (detail === '' && code !== 10) ? name : `${name}: ${detail}` };
};
