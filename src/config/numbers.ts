// Which whole number does a text say? Python's `int`, which supervisord reads numbers with.

import { strip } from './blanks.ts';

/** Python refuses longer ones too. */
const MAX_DIGITS = 4300;

/** Nearly every number there is. */
const PLAIN = { 10: /^\d{1,15}$/, 8: /^[0-7]{1,15}$/ } as const;

const DECIMAL = /\p{Nd}/u;

/** Value of a decimal digit of any script: they come in runs of ten from zero to nine. */
const digitValue = (character: string): number => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return code - 0x30;
  let first = code;
  while (DECIMAL.test(String.fromCodePoint(first - 1))) first -= 1;
  return (code - first) % 10;
};

const asciiDigits = (text: string): string =>
  Array.from(text)
    .map((character) => (DECIMAL.test(character) ? String(digitValue(character)) : character))
    .join('');

/** The number, or null where Python raises ValueError. `1_000`, ` +5 ` and digits of other scripts are numbers. */
export const pythonInt = (text: string, base: 8 | 10 = 10): number | null => {
  if (PLAIN[base].test(text)) return Number.parseInt(text, base);
  const trimmed = asciiDigits(strip(text));
  if (trimmed.length > MAX_DIGITS) return null;
  const shape = base === 10 ? /^([+-]?)(\d+(?:_\d+)*)$/ : /^([+-]?)(?:0[oO]_?)?([0-7]+(?:_[0-7]+)*)$/;
  const match = shape.exec(trimmed);
  if (match === null) return null;
  const size = Number.parseInt((match[2] ?? '').replaceAll('_', ''), base);
  return match[1] === '-' ? -size || 0 : size;
};
