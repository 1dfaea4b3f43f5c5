// What do the keys of several settings mean that care for memory? `oom_restart`, `start_when`, `memory_limit_watch`, `on_pressure`.

import type { LimitWatch, OnPressure, OomRestart, PressureAct, StartWhen } from '../model/memory-care.ts';
import type { Raw } from './draft.ts';
import { duration, percent, size } from './measures.ts';
import { isRefusal, refuse, shown, whole } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { isNone, optional, settingsOf } from './settings.ts';
import { signalOf } from './signals.ts';

const part = (text: string): number | Refusal => {
  const value = percent(text);
  return isRefusal(value) || (!text.includes('%') && value <= 1) ? value : value / 100;
};

/** `5/10m`: so many in so long; without a time, in ten minutes. */
const perWindow = (text: string): { most: number; window: number } | Refusal => {
  const match = /^\s*(\d+)\s*(?:\/\s*(.+))?$/.exec(text);
  if (match === null)
    return refuse(`${shown(text)} is no number in a time`, 'e.g. 5/10m: five in ten minutes');
  const window = duration(match[2] ?? '10m');
  return isRefusal(window) ? window : { most: Number(match[1]), window };
};

const thenWord = (text: string): OomRestart['afterwards'] | Refusal => {
  const word = text.trim().toLowerCase();
  return word === 'stop' || word === 'keep-trying'
    ? word
    : refuse(`${shown(text)} is not known`, 'stop or keep-trying');
};

export const oomRestart = (raw: Raw): OomRestart | null | Refusal => {
  if (isNone(raw)) return null;
  const settings = settingsOf(raw, ['delay', 'max_delay', 'jitter', 'max_per_window', 'then']);
  if (isRefusal(settings)) return settings;
  const delay = optional(settings, 'delay', { read: duration, none: 0 });
  const maxDelay = optional(settings, 'max_delay', { read: duration, none: 60 });
  const jitter = optional(settings, 'jitter', { read: part, none: 0.1 });
  const rate = optional(settings, 'max_per_window', { read: perWindow, none: { most: null, window: 600 } });
  const afterwards = optional(settings, 'then', { read: thenWord, none: 'stop' as const });
  const read = whole({ delay, maxDelay, jitter, rate, afterwards }, settings.mistakes);
  if (isRefusal(read)) return read;
  if (read.delay > read.maxDelay)
    return refuse(`delay is above max_delay (${read.maxDelay} s)`, 'raise max_delay, or lower delay');
  const { rate: perTime, ...rest } = read;
  return { ...rest, ...perTime };
};

export const startWhen = (raw: Raw): StartWhen | null | Refusal => {
  if (isNone(raw)) return null;
  const settings = settingsOf(raw, ['memory_available', 'pressure_below']);
  if (isRefusal(settings)) return settings;
  const memoryAvailable = optional(settings, 'memory_available', { read: size, none: null });
  const pressureBelow = optional(settings, 'pressure_below', { read: percent, none: null });
  return whole({ memoryAvailable, pressureBelow }, settings.mistakes);
};

const signalName = (text: string): NodeJS.Signals | Refusal =>
  signalOf(text)?.name ?? refuse(`${shown(text)} is not a signal`, 'a name such as USR1 or SIGUSR1');

const measure = (text: string): LimitWatch['by'] | Refusal => {
  const word = text.trim().toLowerCase();
  return word === 'rss' || word === 'pss' ? word : refuse(`${shown(text)} is not known`, 'rss or pss');
};

export const limitWatch = (raw: Raw): LimitWatch | null | Refusal => {
  if (isNone(raw)) return null;
  const settings = settingsOf(raw, ['soft', 'hard', 'by', 'signal']);
  if (isRefusal(settings)) return settings;
  const soft = optional(settings, 'soft', { read: size, none: null });
  const hard = optional(settings, 'hard', { read: size, none: null });
  const by = optional(settings, 'by', { read: measure, none: 'rss' as const });
  const signal = optional(settings, 'signal', { read: signalName, none: null });
  const read = whole({ soft, hard, by, signal }, settings.mistakes);
  if (isRefusal(read)) return read;
  if (read.soft === null && read.hard === null)
    return refuse('it has neither soft nor hard', 'e.g. soft=400M,hard=512M');
  if (read.soft !== null && read.hard !== null && read.soft > read.hard)
    return refuse('soft is above hard', 'the soft limit comes first');
  return read;
};

const pressureAct = (text: string): PressureAct | Refusal => {
  if (text.trim().toLowerCase() === 'restart') return { kind: 'restart' };
  const match = /^(signal|run):(.+)$/i.exec(text.trim());
  const rest = match?.[2]?.trim() ?? '';
  if (match === null || rest === '')
    return refuse(`${shown(text)} is not known`, 'signal:NAME, run:COMMAND or restart');
  if (match[1]?.toLowerCase() === 'run') return { kind: 'run', command: rest };
  const signal = signalName(rest);
  return isRefusal(signal) ? signal : { kind: 'signal', signal };
};

const missing = (name: string): Refusal =>
  refuse(`it has no ${name}`, 'e.g. above=20,for=10s,do=signal:USR1');

export const onPressure = (raw: Raw): OnPressure | null | Refusal => {
  if (isNone(raw)) return null;
  const settings = settingsOf(raw, ['above', 'for', 'do']);
  if (isRefusal(settings)) return settings;
  const above = optional(settings, 'above', { read: percent, none: missing('above') });
  const seconds = optional(settings, 'for', { read: duration, none: 10 });
  const act = optional(settings, 'do', { read: pressureAct, none: missing('do') });
  return whole({ above, seconds, act }, settings.mistakes);
};
