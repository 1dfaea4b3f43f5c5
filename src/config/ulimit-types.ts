// Which resource limits does `ulimits` ask for?

import { LIMITS, type LimitName, type LimitUnit, type Ulimit } from '../model/ulimit.ts';
import { strip } from './blanks.ts';
import type { Raw } from './draft.ts';
import { duration, size } from './measures.ts';
import { pythonInt } from './numbers.ts';
import { about, isRefusal, refuse, shown, wholeList } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const EXAMPLE = 'e.g. nofile=65536, core=0, memlock=64M:unlimited';

const count = (text: string): number | Refusal => {
  const number = pythonInt(text);
  return number === null || number < 0 ? refuse(`${shown(text)} is not a whole number`, EXAMPLE) : number;
};

const timeIn = (unit: 'seconds' | 'microseconds', text: string): number | Refusal => {
  const read = duration(text);
  if (isRefusal(read)) return read;
  return unit === 'microseconds' ? Math.round(read * 1_000_000) : Math.ceil(read);
};

const amount = (unit: LimitUnit, text: string): number | null | Refusal => {
  if (/^(unlimited|infinity)$/i.test(text)) return null;
  if (unit === 'bytes') return size(text);
  return unit === 'count' ? count(text) : timeIn(unit, text);
};

const isLimit = (name: string): name is LimitName => Object.hasOwn(LIMITS, name);

const limitOf = ([written, text]: readonly [string, string]): Ulimit | Refusal => {
  const name = written.toLowerCase();
  if (!isLimit(name))
    return refuse(`${shown(written)} is no resource limit`, `one of ${Object.keys(LIMITS).join(', ')}`);
  const [low = '', high = low, ...more] = text.split(':').map(strip);
  const { unit } = LIMITS[name];
  const soft = amount(unit, low);
  if (isRefusal(soft)) return about(name, soft);
  const hard = amount(unit, high);
  if (isRefusal(hard)) return about(name, hard);
  if (more.length > 0) return refuse(`${shown(text)} has more than a soft and a hard limit`, 'soft:hard');
  return (soft ?? Infinity) > (hard ?? Infinity)
    ? refuse(`the soft limit of ${name} is above the hard one`, 'soft:hard, the lower one first')
    : { name, soft, hard };
};

const itemsOf = (raw: Raw): readonly (readonly [string, string])[] => {
  if (typeof raw !== 'string' && !Array.isArray(raw)) return Object.entries(raw);
  return (typeof raw === 'string' ? raw.split(',') : raw).flatMap((item) => {
    const [name = '', ...value] = item.split('=');
    return strip(item) === '' ? [] : [[strip(name), strip(value.join('='))] as const];
  });
};

/** `name=value` or `name=soft:hard`, each name once. */
export const ulimits = (raw: Raw): readonly Ulimit[] | Refusal => {
  if (typeof raw === 'string' && /^\s*(none)?\s*$/i.test(raw)) return [];
  const items = itemsOf(raw);
  const names = items.map(([name]) => name.toLowerCase());
  return wholeList(
    items.map((item, at) =>
      names.indexOf(names[at] ?? '') < at
        ? refuse(`${names[at]} is there twice`, 'give it one value, or soft:hard')
        : limitOf(item),
    ),
  );
};

/** What setpriority(2) takes; below 0 asks for rights. */
export const nice = (text: string): number | null | Refusal => {
  if (/^\s*(none)?\s*$/i.test(text)) return null;
  const number = pythonInt(text);
  return number === null || number < -20 || number > 19
    ? refuse(`${shown(text)} is no niceness`, 'from -20 (served first) to 19 (served last)')
    : number;
};
