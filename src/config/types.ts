// What does the text of a value mean? One reader per type of key; a refusal is a value with its cure.

import type {
  Account,
  Autorestart,
  ContainmentChoice,
  LogFormat,
  LoggingPlan,
  LogPeriod,
  OnOom,
  ScoreRequest,
  SupervisorPlan,
  Survivors,
} from '../model/plan.ts';
import type { DutyType } from '../model/duty.ts';
import { strip } from './blanks.ts';
import type { Raw } from './draft.ts';
import { readEnvironment } from './environment.ts';
import { EVENT_NAMES } from '../model/event-names.ts';
import { exitWhen } from './exit-when.ts';
import { dependsOn, health, schedule } from './duty-types.ts';
import { limitWatch, onPressure, oomRestart, startWhen } from './care-types.ts';
import { duration, size } from './measures.ts';
import { pythonInt } from './numbers.ts';
import { existingDirectory, fileInDirectory } from './paths.ts';
import { isRefusal, refuse, shown, together } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { signalOf } from './signals.ts';
import type { StopSignal } from './signals.ts';
import { owner, sockets } from './socket-types.ts';
import { nice, ulimits } from './ulimit-types.ts';
import type { World } from './world.ts';

/** What a reader may look at besides the text. */
export interface Reading extends World {
  readonly dialect: 'ini' | 'yaml';
}

type Reader<T> = (raw: Raw, world: Reading) => T | Refusal;

const ofText =
  <T>(read: (text: string, world: Reading) => T | Refusal): Reader<T> =>
  (raw, world) =>
    typeof raw === 'string' ? read(raw, world) : refuse('one value is wanted, not a list or map');

const integer = (text: string): number | Refusal =>
  pythonInt(text) ?? refuse(`${shown(text)} is not a whole number`, 'digits only, e.g. 10');

const TRUE_WORDS = new Set(['true', 'yes', 'on', '1']);
const FALSE_WORDS = new Set(['false', 'no', 'off', '0']);

const truth = (text: string): boolean | null => {
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : null;
};

const boolean = (text: string): boolean | Refusal =>
  truth(text) ?? refuse(`${shown(text)} is not a boolean`, 'true, yes, on, 1 or false, no, off, 0');

const autorestart = (text: string): Autorestart | Refusal => {
  if (text.toLowerCase() === 'unexpected') return 'unexpected';
  const always = truth(text);
  if (always === null) return refuse(`${shown(text)} is not known`, 'true, false or unexpected');
  return always ? 'always' : 'never';
};

const BYTES_OF: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** supervisord's sizes, and in YAML also every other spelling. */
const bytes = (text: string, world: Reading): number | Refusal => {
  const factor = BYTES_OF[text.slice(-2).toLowerCase()];
  const count = pythonInt(factor === undefined ? text : text.slice(0, -2));
  if (count !== null) return count * (factor ?? 1);
  if (world.dialect === 'yaml') return size(text);
  return refuse(`${shown(text)} is not a size`, 'a number of bytes, or one with KB, MB or GB');
};

const limit = (text: string): number | null | Refusal =>
  /^\s*(none|max|infinity)?\s*$/i.test(text) ? null : size(text);

/** Whole seconds as supervisord has them, and in YAML also a duration that comes to whole seconds. */
const seconds = (text: string, world: Reading): number | Refusal => {
  const count = pythonInt(text);
  if (count !== null) return count;
  if (world.dialect === 'ini') return refuse(`${shown(text)} is not a whole number`, 'seconds, e.g. 10');
  const read = duration(text);
  return isRefusal(read) || Number.isInteger(read)
    ? read
    : refuse(`${shown(text)} is not whole seconds`, 'e.g. 10s');
};

/** A duration that is not zero, or none. */
const optionalDuration = (text: string): number | null | Refusal => {
  if (/^\s*(none|infinity)?\s*$/i.test(text)) return null;
  const read = duration(text);
  return isRefusal(read) || read > 0 ? read : refuse('it is zero', 'e.g. 30s, or none');
};

const octal = (text: string): number | Refusal =>
  pythonInt(text, 8) ?? refuse(`${shown(text)} is not an octal number`, 'e.g. 022');

const items = (raw: Raw): string[] | Refusal => {
  if (typeof raw !== 'string') return Array.isArray(raw) ? [...raw] : refuse('a list is wanted, not a map');
  return raw === '' ? [] : raw.split(',').map(strip);
};

const exitcodes = (raw: Raw): number[] | Refusal => {
  const written = items(raw);
  if (isRefusal(written)) return written;
  const codes = written.map((item) => pythonInt(item));
  const good = codes.filter((code) => code !== null && code >= 0 && code <= 255);
  if (good.length === codes.length) return good.filter((code) => code !== null);
  return refuse(
    `${shown(written.join(','))} is not a list of exit codes`,
    'numbers from 0 to 255 with commas, e.g. 0,2',
  );
};

const events = (raw: Raw): string[] | Refusal => {
  const written = items(raw);
  if (isRefusal(written)) return written;
  const names = [...new Set(written.map((name) => name.toUpperCase()))];
  const unknown = names.filter((name) => !EVENT_NAMES.includes(name));
  return (
    together(
      unknown.map((name) => refuse(`no event is called ${shown(name)}`, `one of ${EVENT_NAMES.join(', ')}`)),
    ) ?? names
  );
};

const LEVELS: readonly SupervisorPlan['loglevel'][] = [
  'critical',
  'error',
  'warn',
  'info',
  'debug',
  'trace',
  'blather',
];

/** One of a few words, in any case. */
const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T | Refusal => {
    const word = strip(text).toLowerCase();
    return (
      choices.find((choice) => choice === word) ??
      refuse(`${shown(text)} is not known`, `one of ${choices.join(', ')}`)
    );
  };

/** `-500` is absolute, `+200` is relative to the supervisor's score and so is `+-200`. */
const score = (text: string): ScoreRequest | Refusal => {
  const word = strip(text).toLowerCase();
  if (word === 'auto') return { kind: 'auto' };
  const match = /^(\+?)(-?\d{1,4})$/.exec(word);
  const value = Number(match?.[2]);
  if (match === null || Math.abs(value) > (match[1] === '+' ? 2000 : 1000)) {
    return refuse(
      `${shown(text)} is not a score`,
      'auto, -1000 to 1000, or +N relative to the supervisor (+-N for below it)',
    );
  }
  return { kind: match[1] === '+' ? 'relative' : 'absolute', value: value || 0 };
};

const user = (text: string, world: Reading): Account | Refusal =>
  world.users.user(text) ?? refuse(`no user is called ${shown(text)}`, 'create it, or name one that exists');

export interface InetAddress {
  /** Empty: every interface. */
  readonly host: string;
  readonly port: number;
}

const inet = (text: string): InetAddress | Refusal => {
  const colon = text.lastIndexOf(':');
  const host = colon === -1 ? '' : text.slice(0, colon).toLowerCase();
  const port = pythonInt(text.slice(colon + 1));
  if (port === null || port < 1 || port > 65_535) {
    return refuse(`${shown(text)} has no port from 1 to 65535`, 'port, host:port or *:port');
  }
  return { host: host === '*' ? '' : host, port };
};

export type LogFile =
  | { readonly kind: 'none' | 'auto' | 'syslog' | 'journald' }
  | { readonly kind: 'file'; readonly path: string };

const logfile = (text: string, world: Reading): LogFile | Refusal => {
  const word = text.toLowerCase();
  if (word === 'none' || word === 'off') return { kind: 'none' };
  if (word === 'auto' || word === 'syslog' || word === 'journald') return { kind: word };
  const path = fileInDirectory(text, world);
  return isRefusal(path) ? path : { kind: 'file', path };
};

const environment = (raw: Raw): Readonly<Record<string, string>> | Refusal => {
  if (typeof raw === 'string') {
    const read = readEnvironment(raw);
    return read.refused === undefined ? read.variables : read;
  }
  return Array.isArray(raw)
    ? refuse('a map is wanted, not a list', 'KEY: value, one a line')
    : Object.fromEntries(Object.entries(raw));
};

const list = (raw: Raw): string[] | Refusal => items(raw);

const quoteWord = (word: string): string =>
  /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;

/** A list of words, which YAML can have, is quoted into one line. */
const command = (raw: Raw): string | Refusal => {
  if (typeof raw === 'string') return raw;
  return Array.isArray(raw)
    ? raw.map(quoteWord).join(' ')
    : refuse('it is a map', 'a text or a list of words');
};

const logPeriod = (text: string): LogPeriod | null | Refusal =>
  text.toLowerCase() === 'none' ? null : oneOf<LogPeriod>(['hour', 'day', 'week'])(text);

/** One reader for each type a key can have. */
export const TYPES = {
  text: ofText((text) => text),
  integer: ofText(integer),
  boolean: ofText(boolean),
  autorestart: ofText(autorestart),
  bytes: ofText(bytes),
  size: ofText(limit),
  seconds: ofText(seconds),
  duration: ofText(duration),
  'optional-duration': ofText(optionalDuration),
  octal: ofText(octal),
  signal: ofText(
    (text): StopSignal | Refusal =>
      signalOf(text) ??
      refuse(`${shown(text)} is not a signal`, 'a name such as TERM or SIGTERM, or a number'),
  ),
  command,
  exitcodes,
  events,
  list,
  loglevel: ofText(oneOf(LEVELS)),
  user: ofText(user),
  owner: ofText(owner),
  inet: ofText(inet),
  logfile: ofText(logfile),
  path: ofText(fileInDirectory),
  directory: ofText(existingDirectory),
  environment,
  score: ofText(score),
  onOom: ofText(oneOf<OnOom>(['restart', 'restart-group', 'stop', 'continue'])),
  survivors: ofText(oneOf<Survivors>(['kill', 'leave'])),
  logFormat: ofText(oneOf<LogFormat>(['raw', 'text', 'json'])),
  journalFormat: ofText(oneOf<SupervisorPlan['logFormat']>(['text', 'json'])),
  logPeriod: ofText(logPeriod),
  whenFull: ofText(oneOf<LoggingPlan['whenFull']>(['block', 'drop'])),
  containment: ofText(oneOf<ContainmentChoice>(['auto', 'cgroup', 'reap', 'scan'])),
  sockets,
  nice: ofText(nice),
  ulimits,
  oomRestart,
  startWhen,
  limitWatch,
  onPressure,
  exitWhen,
  dutyType: ofText(oneOf<DutyType>(['service', 'oneshot'])),
  dependsOn,
  health,
  schedule,
} as const satisfies Record<string, Reader<unknown>>;

export type TypeName = keyof typeof TYPES;
export type ValueOf<T extends TypeName> = Exclude<ReturnType<(typeof TYPES)[T]>, Refusal>;
