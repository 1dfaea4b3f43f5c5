// Which words does a command line have? POSIX quoting and nothing else of a shell, as Python's shlex.split has it.

export type CommandLine =
  | {
      readonly words: readonly string[];
      /** Where in the line each word starts. */
      readonly starts: readonly number[];
      readonly refused?: undefined;
    }
  | { readonly refused: string };

const SPACE = ' \t\r\n';

interface Part {
  readonly text: string;
  /** Index behind it. */
  readonly end: number;
}

/** What stands between double quotes: a backslash escapes only a quote and itself. */
const inDouble = (line: string, start: number): Part | string => {
  let text = '';
  let at = start;
  while (at < line.length) {
    const next = line.charAt(at);
    if (next === '"') return { text, end: at + 1 };
    if (next === '\\' && at + 1 === line.length) return 'No escaped character';
    const escapes = next === '\\' && (line[at + 1] === '"' || line[at + 1] === '\\');
    text += line.charAt(escapes ? at + 1 : at);
    at += escapes ? 2 : 1;
  }
  return 'No closing quotation';
};

const inSingle = (line: string, start: number): Part | null => {
  const end = line.indexOf("'", start);
  return end === -1 ? null : { text: line.slice(start, end), end: end + 1 };
};

/** One quoted part, escaped character or plain character of a word. */
const partAt = (line: string, at: number): Part | string => {
  const next = line.charAt(at);
  if (next === '"') return inDouble(line, at + 1);
  if (next === "'") return inSingle(line, at + 1) ?? 'No closing quotation';
  if (next !== '\\') return { text: next, end: at + 1 };
  return at + 1 < line.length ? { text: line.charAt(at + 1), end: at + 2 } : 'No escaped character';
};

/** The words of a command; refused when a quote is never closed or a backslash is last. */
export const splitCommand = (line: string): CommandLine => {
  const words: string[] = [];
  const starts: number[] = [];
  let at = 0;
  while (at < line.length) {
    if (SPACE.includes(line.charAt(at))) {
      at += 1;
      continue;
    }
    starts.push(at);
    let word = '';
    while (at < line.length && !SPACE.includes(line.charAt(at))) {
      const part = partAt(line, at);
      if (typeof part === 'string') return { refused: part };
      word += part.text;
      at = part.end;
    }
    words.push(word);
  }
  return { words, starts };
};
