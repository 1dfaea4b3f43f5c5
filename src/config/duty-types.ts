// What do the keys say about what a program is there for? `depends_on`, `health` and `schedule`.

import { splitCommand } from '../model/command-line.ts';
import {
  CONDITIONS,
  type Check,
  type Condition,
  type Dependency,
  type HealthPlan,
  type SchedulePlan,
} from '../model/duty.ts';
import type { Raw } from './draft.ts';
import { duration } from './measures.ts';
import { pythonInt } from './numbers.ts';
import { linearPattern } from './pattern.ts';
import { about, isRefusal, refuse, shown, whole, wholeList } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { isNone, optional, settingsOf, type Settings } from './settings.ts';
import type { World } from './world.ts';

const isCondition = (word: string): word is Condition => CONDITIONS.some((one) => one === word);

const RESTART = /(?:^|\s)restart=(true|false)$/;

/** `healthy`, `healthy restart=true`, or one of both alone. */
const dependency = (on: string, text: string): Dependency | Refusal => {
  if (on === '') return refuse('a name is missing', 'a group, group:process or program');
  const said = text.trim().toLowerCase();
  const word = said.replace(RESTART, '').trimEnd();
  const restart = RESTART.exec(said)?.[1] === 'true';
  if (word === '') return { on, condition: null, restart };
  return isCondition(word)
    ? { on, condition: word, restart }
    : refuse(`${shown(text)} is no condition`, `one of ${CONDITIONS.join(', ')}; restart=true may follow`);
};

/** `db`, `db=healthy`, `db restart=true` or `db=healthy restart=true`. */
const dependencyItem = (item: string): Dependency | Refusal => {
  const [, on = '', text = ''] = /^\s*([^\s=]*)\s*=?(.*)$/s.exec(item) ?? [];
  return dependency(on, text);
};

const isList = (raw: Raw): raw is readonly string[] => Array.isArray(raw);

/** `db,cache=healthy`; in YAML also a list, or a map of names to conditions. */
export const dependsOn = (raw: Raw): readonly Dependency[] | Refusal => {
  if (isNone(raw)) return [];
  if (typeof raw === 'string') return wholeList(raw.split(',').map(dependencyItem));
  if (isList(raw)) return wholeList(raw.map(dependencyItem));
  return wholeList(Object.entries(raw).map(([on, text]) => dependency(on, text)));
};

const count = (text: string): number | Refusal => {
  const read = pythonInt(text);
  return read !== null && read >= 1 ? read : refuse(`${shown(text)} is no number of checks`, 'from 1 on');
};

/** A time that is not nothing. */
const span = (text: string): number | Refusal => {
  const read = duration(text);
  return isRefusal(read) || read > 0 ? read : refuse(`${shown(text)} is no time at all`, 'e.g. 5s');
};

const exec = (command: string): Check | Refusal => {
  const split = splitCommand(command);
  return split.refused === undefined && split.words.length > 0
    ? { kind: 'exec', command }
    : refuse(
        `cannot read the command ${shown(command)}: ${split.refused ?? 'it is empty'}`,
        'quotes group words',
      );
};

const tcp = (text: string): Check | Refusal => {
  const match = /^(?:\[([^\]]+)\]:|([^\s:]*):)?(\d+)$/.exec(text.trim());
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535)
    return refuse(`${shown(text)} has no port from 1 to 65535`, 'port, host:port or [address]:port');
  return { kind: 'tcp', host: match[1] ?? (match[2] || '127.0.0.1'), port };
};

const http = (url: string, status: number | null): Check | Refusal => {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return { kind: 'http', url, status };
  return refuse(`${shown(url)} is no address`, 'http://127.0.0.1:8080/path, or https');
};

const log = (pattern: string): Check | Refusal => {
  const read = linearPattern(pattern);
  return isRefusal(read) ? read : { kind: 'log', pattern };
};

const httpStatus = (text: string): number | Refusal => {
  const read = pythonInt(text);
  return read !== null && read >= 100 && read <= 599
    ? read
    : refuse(`${shown(text)} is no status`, 'from 100 to 599, e.g. 204');
};

const KINDS = ['exec', 'tcp', 'http', 'log'];

const checkOf = (settings: Settings): Check | Refusal => {
  const kinds = KINDS.filter((kind) => settings.values.has(kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return refuse(
      kind === undefined ? 'it says nothing to check' : `it has both ${kinds.join(' and ')}`,
      'one of exec, tcp, http and log, e.g. http=http://127.0.0.1:8080/health',
    );
  const status = optional(settings, 'status', { read: httpStatus, none: null });
  if (isRefusal(status)) return status;
  if (status !== null && kind !== 'http') return refuse('status goes with http only', 'leave it out');
  const value = settings.values.get(kind) ?? '';
  const read =
    kind === 'http'
      ? http(value, status)
      : kind === 'exec'
        ? exec(value)
        : kind === 'tcp'
          ? tcp(value)
          : log(value);
  return isRefusal(read) ? about(kind, read) : read;
};

const afterwards = (text: string): HealthPlan['onUnhealthy'] | Refusal => {
  const word = text.trim().toLowerCase();
  return word === 'restart' || word === 'none'
    ? word
    : refuse(`${shown(text)} is not known`, 'restart or none');
};

const HEALTH = [...KINDS, 'status', 'interval', 'timeout', 'retries', 'success', 'grace', 'on_unhealthy'];

export const health = (raw: Raw): HealthPlan | null | Refusal => {
  if (isNone(raw)) return null;
  const settings = settingsOf(raw, HEALTH);
  if (isRefusal(settings)) return settings;
  const check = checkOf(settings);
  const interval = optional(settings, 'interval', { read: span, none: 10 });
  const timeout = optional(settings, 'timeout', { read: span, none: 5 });
  const retries = optional(settings, 'retries', { read: count, none: 3 });
  const success = optional(settings, 'success', { read: count, none: 1 });
  const grace = optional(settings, 'grace', { read: duration, none: 10 });
  const onUnhealthy = optional(settings, 'on_unhealthy', { read: afterwards, none: 'none' as const });
  return whole({ check, interval, timeout, retries, success, grace, onUnhealthy }, settings.mistakes);
};

const overlapWord = (text: string): SchedulePlan['overlap'] | Refusal => {
  const word = text.trim().toLowerCase();
  return word === 'skip' || word === 'queue' || word === 'kill'
    ? word
    : refuse(`${shown(text)} is not known`, 'skip, queue or kill');
};

const SCHEDULE = ['cron', 'timezone', 'overlap', 'jitter'];

/** An expression alone is the whole of it: its commas are its own. */
const scheduleSettings = (raw: Raw): Settings | Refusal =>
  typeof raw === 'string' && !raw.includes('=')
    ? { values: new Map([['cron', raw]]), mistakes: [] }
    : settingsOf(raw, SCHEDULE);

export const schedule = (raw: Raw, world: World): SchedulePlan | null | Refusal => {
  if (isNone(raw)) return null;
  const settings = scheduleSettings(raw);
  if (isRefusal(settings)) return settings;
  const cron = settings.values.get('cron')?.trim() ?? '';
  const timezone = settings.values.get('timezone')?.trim() ?? null;
  const refused =
    cron === ''
      ? refuse('it has no cron', 'e.g. 30 4 * * *: at 4:30 every day')
      : (world.refuseCron?.({ cron, timezone }) ?? null);
  const overlap = optional(settings, 'overlap', { read: overlapWord, none: 'skip' as const });
  const jitter = optional(settings, 'jitter', { read: duration, none: 0 });
  return whole(
    { cron, timezone, overlap, jitter },
    refused === null ? settings.mistakes : [...settings.mistakes, refused],
  );
};
