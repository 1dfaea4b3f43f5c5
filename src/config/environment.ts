// What variables does an `environment=` line set? Python's shlex in its old mode, as supervisord 4.2.5 reads it.

export type Environment =
  | {
      readonly variables: Readonly<Record<string, string>>;
      /** What stood where a comma should be, and was not looked at. */
      readonly passedOver: readonly string[];
      readonly refused?: undefined;
    }
  | {
      readonly refused: string;
      readonly hint: string;
      readonly variables?: undefined;
      readonly passedOver?: undefined;
    };

const WORD = /[A-Za-z0-9_/.+\-():]/;
const RUN = /[A-Za-z0-9_/.+\-():'"]*/y;
const QUOTES = new Set(['"', "'"]);
const SPACE = new Set([' ', '\t', '\r', '\n']);

interface Token {
  readonly text: string;
  readonly end: number;
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
};

/** A word goes on over a comment, and quotes inside it are ordinary characters. */
const readWord = (text: string, start: number): Token => {
  let word = '';
  let at = start;
  for (;;) {
    RUN.lastIndex = at;
    const run = RUN.exec(text)?.[0] ?? '';
    word += run;
    at += run.length;
    if (text[at] !== '#') return { text: word, end: at };
    at = lineEnd(text, at);
  }
};

/** The token at or after `start`; null at the end, 'unclosed' for a quote that never closes. */
const nextToken = (text: string, start: number): Token | null | 'unclosed' => {
  let at = start;
  for (;;) {
    const next = text.charAt(at);
    if (next === '') return null;
    if (SPACE.has(next)) at += 1;
    else if (next === '#') at = lineEnd(text, at);
    else if (WORD.test(next)) return readWord(text, at);
    else if (QUOTES.has(next)) {
      const close = text.indexOf(next, at + 1);
      return close === -1 ? 'unclosed' : { text: text.slice(at, close + 1), end: close + 1 };
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      return { text: character, end: at + character.length };
    }
  }
};

const tokensOf = (text: string): string[] | 'unclosed' => {
  const tokens: string[] = [];
  let token = nextToken(text, 0);
  while (token !== null) {
    if (token === 'unclosed') return 'unclosed';
    tokens.push(token.text);
    token = nextToken(text, token.end);
  }
  return tokens;
};

const unquote = (text: string): string => {
  let start = 0;
  let end = text.length;
  while (start < end && QUOTES.has(text.charAt(start))) start += 1;
  while (end > start && QUOTES.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
};

/** One variable as nearly all are written, and the comma behind it. */
const PLAIN =
  /[ \t\r\n]*([\w/.+\-():]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"']*)"|'([^"']*)'|([\w/.+\-():]+))[ \t\r\n]*(?:,[ \t\r\n]*|$)/y;

const COMMA = 0x2c;

/** The same in the one most frequent spelling, whose parts need no capture. */
const BARE = /\w+="[^"']*"(?:,|$)/y;

/** Reads the variable at `at`: answers where the next starts, or -1 when this is not a plain one. */
const plainVariable = (text: string, at: number, into: Record<string, string>): number => {
  BARE.lastIndex = at;
  if (BARE.test(text)) {
    const end = BARE.lastIndex;
    const equals = text.indexOf('=', at);
    const key = text.slice(at, equals);
    into[key] = text.slice(equals + 2, text.charCodeAt(end - 1) === COMMA ? end - 2 : end - 1);
    return key === '__proto__' ? -1 : end;
  }
  PLAIN.lastIndex = at;
  const match = PLAIN.exec(text);
  const key = match?.[1];
  if (match === null || key === undefined || key === '__proto__') return -1;
  into[key] = match[2] ?? match[3] ?? match[4] ?? '';
  return PLAIN.lastIndex;
};

/** The variables of a text in which all are plain, or null. */
const plainVariables = (text: string): Record<string, string> | null => {
  const variables: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    at = plainVariable(text, at, variables);
    if (at === -1) return null;
  }
  return variables;
};

const NOTHING_PASSED: readonly string[] = [];

/**
 * Reads `KEY="value",KEY2=value2`. Tokens come in fours, key, `=`, value and a separator that nobody looks at; so `A=1;B=2`
 * is two variables and `A=a b` is A=a.
 */
export const readEnvironment = (text: string): Environment => {
  const plain = plainVariables(text);
  if (plain !== null) return { variables: plain, passedOver: NOTHING_PASSED };
  const tokens = tokensOf(text);
  if (tokens === 'unclosed') {
    return {
      refused: 'a quote is never closed',
      hint: 'a blank before ; or # starts a comment, even in quotes',
    };
  }
  const variables: [string, string][] = [];
  for (let at = 0; at < tokens.length; at += 4) {
    const [key, equals, value] = tokens.slice(at, at + 3);
    if (key === undefined || equals !== '=' || value === undefined) {
      return {
        refused: `'${tokens.slice(at, at + 3).join(' ')}' is not KEY=value`,
        hint: 'write KEY="value",OTHER="value"; quote values with anything but letters, digits and _ / . + - ( ) :',
      };
    }
    variables.push([key, unquote(value)]);
  }
  const passedOver = tokens.filter((token, at) => at % 4 === 3 && token !== ',');
  return { variables: Object.fromEntries(variables), passedOver };
};
