// How does Python print a text? supervisord's messages and its %r and %a do so.

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Backslashes, and what Python does not print as it is: control, format and unassigned characters, blanks but the space. */
const UNPRINTABLE = /\\|(?! )[\p{C}\p{Z}]/gu;

const escape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  const numeric =
    code < 0x100
      ? `\\x${digits.padStart(2, '0')}`
      : code < 0x1_00_00
        ? `\\u${digits.padStart(4, '0')}`
        : `\\U${digits.padStart(8, '0')}`;
  return ESCAPES[character] ?? numeric;
};

/** Python's `repr` of a text. */
export const pythonRepr = (text: string): string => {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll(UNPRINTABLE, escape);
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark;
};

/** Python's `ascii` of a text. */
export const pythonAscii = (text: string): string =>
  pythonRepr(text).replaceAll(/[\u{80}-\u{10FFFF}]/gu, escape);
