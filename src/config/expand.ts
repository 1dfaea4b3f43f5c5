// What does a value say once its %(name)s are filled in? Python's mapping-style formatting.

import { findName } from './names.ts';
import type { Names } from './names.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { pythonAscii, pythonRepr } from './repr.ts';

/** Longest text an expansion may make; execve itself takes 128 KiB per argument. */
const MAX_LENGTH = 1 << 20;

interface Spec {
  readonly flags: string;
  readonly width: number;
  /** -1 when not given. */
  readonly precision: number;
  readonly type: string;
}

type Formatted = string | { readonly refused: string };

const PERCENT = 'write %% for a plain percent sign';

const available = (names: Names): string => {
  const all = new Set(names.flatMap((table) => [...table.keys()]));
  const plain = [...all].filter((name) => !name.startsWith('ENV_')).toSorted();
  return [...plain, 'ENV_*'].join(', ');
};

const pad = (body: string, spec: Spec): string => {
  const missing = spec.width - Array.from(body).length;
  if (missing <= 0) return body;
  return spec.flags.includes('-') ? body + ' '.repeat(missing) : ' '.repeat(missing) + body;
};

const RADIX: Readonly<Record<string, { readonly base: number; readonly prefix: string }>> = {
  x: { base: 16, prefix: '0x' },
  X: { base: 16, prefix: '0X' },
  o: { base: 8, prefix: '0o' },
};

/** Sign, prefix and zeros of a number whose digits are known. */
const padNumber = (negative: boolean, digits: string, spec: Spec): string => {
  const plus = spec.flags.includes('+') ? '+' : spec.flags.includes(' ') ? ' ' : '';
  const lead = (negative ? '-' : plus) + (spec.flags.includes('#') ? (RADIX[spec.type]?.prefix ?? '') : '');
  const zeros = spec.flags.includes('0') && !spec.flags.includes('-');
  const fill = zeros ? '0'.repeat(Math.max(0, spec.width - lead.length - digits.length)) : '';
  return pad(lead + fill + digits, spec);
};

const whole = (value: number, spec: Spec): string => {
  const radix = RADIX[spec.type];
  const digits = Math.abs(value)
    .toString(radix?.base ?? 10)
    .padStart(spec.precision, '0');
  const shown = spec.type === 'X' ? digits.toUpperCase() : digits;
  return padNumber(value < 0, shown, spec);
};

/** JavaScript writes `6.5e+1` where C writes `6.5e+01`. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

const general = (value: number, precision: number, keepZeros: boolean): string => {
  const digits = Math.max(1, precision);
  const power = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1]);
  const short = power < -4 || power >= digits;
  const text = short ? value.toExponential(digits - 1) : value.toFixed(Math.max(0, digits - 1 - power));
  const trimmed = keepZeros
    ? text
    : text.replace(/\.?0+(?=e|$)/, (zeros) => (zeros.includes('.') || text.includes('.') ? '' : zeros));
  return exponent(trimmed);
};

const floating = (value: number, spec: Spec): string => {
  const precision = Math.min(100, spec.precision === -1 ? 6 : spec.precision);
  const size = Math.abs(value);
  const kind = spec.type.toLowerCase();
  const digits =
    kind === 'f'
      ? size.toFixed(precision)
      : kind === 'e'
        ? exponent(size.toExponential(precision))
        : general(size, precision, spec.flags.includes('#'));
  const upper = spec.type !== kind;
  return padNumber(value < 0, upper ? digits.toUpperCase() : digits, spec);
};

const textual = (value: string | number, spec: Spec): Formatted => {
  if (spec.type === 'c') {
    if (typeof value === 'number') return pad(String.fromCodePoint(value), spec);
    return Array.from(value).length === 1
      ? pad(value, spec)
      : { refused: '%c takes a number or one character' };
  }
  const body =
    spec.type === 's' || typeof value === 'number'
      ? String(value)
      : spec.type === 'a'
        ? pythonAscii(value)
        : pythonRepr(value);
  return pad(spec.precision === -1 ? body : Array.from(body).slice(0, spec.precision).join(''), spec);
};

const format = (value: string | number, spec: Spec): Formatted => {
  if ('sra'.includes(spec.type) || spec.type === 'c') return textual(value, spec);
  if (!'diuoxXeEfFgG'.includes(spec.type)) return { refused: `unknown format character '${spec.type}'` };
  if (typeof value === 'string') return { refused: `%${spec.type} takes a number and this is a text` };
  return 'eEfFgG'.includes(spec.type) ? floating(value, spec) : whole(value, spec);
};

/** Index just behind the parenthesis that closes the one before `start`, or -1. */
const closing = (text: string, start: number): number => {
  const first = text.indexOf(')', start);
  const inner = text.indexOf('(', start);
  if (first === -1 || inner === -1 || first < inner) return first + (first === -1 ? 0 : 1);
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return -1;
};

const SPEC = /([-+ #0]*)(\d*)(?:\.(\d*))?[hlL]?([^]?)/uy;

const readSpec = (text: string, at: number): { readonly spec: Spec; readonly end: number } => {
  SPEC.lastIndex = at;
  const [all = '', flags = '', width = '', precision, type = ''] = SPEC.exec(text) ?? [];
  return {
    spec: { flags, width: Number(width), precision: precision === undefined ? -1 : Number(precision), type },
    end: at + all.length,
  };
};

interface Converted {
  readonly out: string | Refusal;
  /** Index behind the conversion. */
  readonly end: number;
}

/** One conversion, from behind its `%`. */
const convert = (text: string, at: number, names: Names): Converted => {
  if (text[at] === '%') return { out: '%', end: at + 1 };
  const named = text[at] === '(';
  const behind = named ? closing(text, at + 1) : at;
  const stop = (refused: string, hint = PERCENT): Converted => ({
    out: refuse(refused, hint),
    end: text.length,
  });
  if (behind === -1) return stop('%( without )');
  const name = named ? text.slice(at + 1, behind - 1) : '';
  const value = named ? findName(names, name) : undefined;
  if (named && value === undefined)
    return stop(`nothing is called '${name}' here`, `known here: ${available(names)}`);
  const { spec, end } = readSpec(text, behind);
  if (spec.type === '') return stop('it ends within a %');
  if (value === undefined) return stop(`%${spec.type} has no name`);
  if (Math.max(spec.width, spec.precision) > MAX_LENGTH) return stop('its width is too large');
  const formatted = format(value, spec);
  return typeof formatted === 'string'
    ? { out: formatted, end }
    : stop(formatted.refused, `as text: %(${name})s`);
};

const OPENING = 0x28;
const ZERO = 0x30;
const NINE = 0x39;
const LETTER_D = 0x64;
const LETTER_S = 0x73;

/** Length of what follows the parenthesis at `close` when it is `s`, `d` or `02d`, as nearly everywhere; else 0. */
const plainLength = (text: string, close: number, value: string | number): number => {
  const first = text.charCodeAt(close + 1);
  if (first === LETTER_S) return 1;
  if (typeof value === 'string' || value < 0) return 0;
  if (first === LETTER_D) return 1;
  const width = text.charCodeAt(close + 2);
  return first === ZERO && width >= ZERO && width <= NINE && text.charCodeAt(close + 3) === LETTER_D ? 3 : 0;
};

/** Fills in `%(name)s` and `%%`. What Python refuses is refused, and so is `%s` without a name, which Python fills with everything. */
export const expand = (text: string, names: Names): string | Refusal => {
  let percent = text.indexOf('%');
  if (percent === -1) return text;
  let done = '';
  let from = 0;
  while (percent !== -1) {
    if (percent > from) done += text.slice(from, percent);
    const close = text.charCodeAt(percent + 1) === OPENING ? text.indexOf(')', percent) : -1;
    const value = close === -1 ? undefined : findName(names, text.slice(percent + 2, close));
    const length = value === undefined ? 0 : plainLength(text, close, value);
    if (value === undefined || length === 0) {
      const { out, end } = convert(text, percent + 1, names);
      if (typeof out !== 'string') return out;
      done += out;
      from = end;
    } else {
      done += length === 1 ? value : String(value).padStart(Number(text[close + 2]), '0');
      from = close + 1 + length;
    }
    if (done.length > MAX_LENGTH) return refuse('it grows too long', 'at most 1 MiB');
    percent = text.indexOf('%', from);
  }
  return from < text.length ? done + text.slice(from) : done;
};
