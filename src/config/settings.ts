// How are several settings written as one value? `a=1,b=2` in a line, or a map of them in YAML.

import type { Raw } from './draft.ts';
import { nearest } from './nearest.ts';
import { about, isRefusal, refuse, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export interface Settings {
  readonly values: ReadonlyMap<string, string>;
  /** What is no setting; the others are read all the same, so that everything is told at once. */
  readonly mistakes: readonly Refusal[];
}

/** Settings that take the rest of the line, commas and equals signs too; so they come last. */
const GREEDY = ['do', 'exec', 'http', 'log', 'cron'];
const GREEDY_AT = new RegExp(`(?:^|,)\\s*(${GREEDY.join('|')})\\s*=`, 'i');

/** `a=1,b=2`. */
const split = (text: string): Settings => {
  const values = new Map<string, string>();
  const mistakes: Refusal[] = [];
  const at = GREEDY_AT.exec(text);
  const plain = at === null ? text : text.slice(0, at.index);
  for (const item of plain.split(',').filter((one) => one.trim() !== '')) {
    const equals = item.indexOf('=');
    if (equals === -1)
      mistakes.push(
        refuse(
          `${shown(item.trim())} has no value`,
          'settings are written name=value, with commas between them',
        ),
      );
    else values.set(item.slice(0, equals).trim().toLowerCase(), item.slice(equals + 1).trim());
  }
  if (at !== null) values.set((at[1] ?? '').toLowerCase(), text.slice(at.index + at[0].length).trim());
  return { values, mistakes };
};

const stranger = (name: string, names: readonly string[]): Refusal => {
  const meant = nearest(name, names);
  const hint = meant === null ? `one of ${names.join(', ')}` : `did you mean ${meant}?`;
  return refuse(`${shown(name)} is no setting of it`, hint);
};

export const settingsOf = (raw: Raw, names: readonly string[]): Settings | Refusal => {
  if (Array.isArray(raw)) return refuse('a map is wanted, not a list', `settings: ${names.join(', ')}`);
  const { values, mistakes } =
    typeof raw === 'string'
      ? split(raw)
      : {
          values: new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value])),
          mistakes: [],
        };
  const strangers = [...values.keys()].filter((name) => !names.includes(name));
  return { values, mistakes: [...mistakes, ...strangers.map((name) => stranger(name, names))] };
};

/** A setting read, or `none` when it is not there. */
export const optional = <T, N>(
  { values }: Settings,
  name: string,
  reading: { read: (text: string) => T | Refusal; none: N },
): T | N | Refusal => {
  const text = values.get(name);
  if (text === undefined) return reading.none;
  const read = reading.read(text);
  return isRefusal(read) ? about(name, read) : read;
};

export const isNone = (raw: Raw): boolean => typeof raw === 'string' && /^\s*(none)?\s*$/i.test(raw);
