// How are several settings written as one value? `a=1,b=2` in a line, or a map of them in YAML.

import type { Raw } from './draft.ts';
import { isRefusal, refuse, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';

type Settings = ReadonlyMap<string, string>;

/** Settings that take the rest of the line, commas and equals signs too; so they come last. */
const GREEDY = ['do', 'exec', 'http', 'log', 'cron'];
const GREEDY_AT = new RegExp(`(?:^|,)\\s*(${GREEDY.join('|')})\\s*=`, 'i');

/** `a=1,b=2`. */
const split = (text: string): Settings | Refusal => {
  const settings = new Map<string, string>();
  const at = GREEDY_AT.exec(text);
  const plain = at === null ? text : text.slice(0, at.index);
  for (const item of plain.split(',').filter((one) => one.trim() !== '')) {
    const equals = item.indexOf('=');
    if (equals === -1)
      return refuse(
        `${shown(item.trim())} has no value`,
        'settings are written name=value, with commas between them',
      );
    settings.set(item.slice(0, equals).trim().toLowerCase(), item.slice(equals + 1).trim());
  }
  if (at !== null) settings.set((at[1] ?? '').toLowerCase(), text.slice(at.index + at[0].length).trim());
  return settings;
};

export const settingsOf = (raw: Raw, names: readonly string[]): Settings | Refusal => {
  const settings =
    typeof raw === 'string'
      ? split(raw)
      : Array.isArray(raw)
        ? refuse('a map is wanted, not a list', `settings: ${names.join(', ')}`)
        : new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
  if (isRefusal(settings)) return settings;
  const unknown = [...settings.keys()].find((name) => !names.includes(name));
  return unknown === undefined
    ? settings
    : refuse(`${shown(unknown)} is no setting of it`, `one of ${names.join(', ')}`);
};

/** A setting read, or `none` when it is not there. */
export const optional = <T, N>(
  settings: Settings,
  name: string,
  reading: { read: (text: string) => T | Refusal; none: N },
): T | N | Refusal => {
  const text = settings.get(name);
  return text === undefined ? reading.none : reading.read(text);
};

export const firstRefusal = (...values: readonly unknown[]): Refusal | null =>
  values.find((value) => isRefusal(value)) ?? null;

export const isNone = (raw: Raw): boolean => typeof raw === 'string' && /^\s*(none)?\s*$/i.test(raw);
