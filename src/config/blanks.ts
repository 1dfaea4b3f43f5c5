// What is white space to Python? supervisord's reader trims with it, and JavaScript's own notion differs.

const WIDE_BLANKS: ReadonlySet<number> = new Set([
  0x85, 0xa0, 0x16_80, 0x20_28, 0x20_29, 0x20_2f, 0x20_5f, 0x30_00, 0x20_00, 0x20_01, 0x20_02, 0x20_03,
  0x20_04, 0x20_05, 0x20_06, 0x20_07, 0x20_08, 0x20_09, 0x20_0a,
]);

/** True for the code units of which Python's `str.isspace` is true. */
export const isBlank = (code: number): boolean =>
  code <= 0x20
    ? code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f)
    : code >= 0x85 && WIDE_BLANKS.has(code);

/** Index of the first code unit from `start` that is not blank, or the text's length. */
export const skipBlanks = (text: string, start: number): number => {
  let at = start;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
};

export const stripEnd = (text: string): string => {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return end === text.length ? text : text.slice(0, end);
};

export const strip = (text: string): string => stripEnd(text.slice(skipBlanks(text, 0)));

/** The words of a text, as Python's `str.split()` finds them. */
export const words = (text: string): string[] => {
  const found: string[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    let end = at;
    while (end < text.length && !isBlank(text.charCodeAt(end))) end += 1;
    found.push(text.slice(at, end));
    at = skipBlanks(text, end);
  }
  return found;
};

// Halves of surrogate pairs are above every other character, though U+E000 to U+FFFF are larger code units.
const rank = (code: number): number => (code >= 0xd8_00 && code <= 0xdf_ff ? code + 0x1_00_00 : code);

/** From here on code units and code points are in different orders. */
const HIGH = /[\uD800-\uFFFF]/;

const byCodeUnit = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

/** Orders texts by code point, as Python's `sort` does. */
export const byCodePoint = (left: string, right: string): number => {
  let at = 0;
  while (at < left.length && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  if (at >= left.length || at >= right.length) return left.length - right.length;
  const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)];
  return rank(a) - rank(b);
};

/** byCodePoint for these texts, or what comes to the same for them and is faster. */
export const codePointOrder = (texts: readonly string[]): ((left: string, right: string) => number) =>
  texts.some((text) => HIGH.test(text)) ? byCodePoint : byCodeUnit;
