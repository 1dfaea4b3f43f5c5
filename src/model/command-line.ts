// Which words does a command line have? POSIX quoting and nothing else of a shell, as Python's shlex.split has it.

export type CommandLine =
  | { readonly words: readonly string[]; readonly refused?: undefined }
  | { readonly refused: string };

const SPACE = ' \t\r\n';

interface Quoted {
  readonly text: string;
  /** Index of the closing quote. */
  readonly end: number;
}

/** What stands between double quotes: a backslash escapes only a quote and itself. */
const inDouble = (line: string, start: number): Quoted | null => {
  let text = '';
  for (let at = start; at < line.length; at += 1) {
    const next = line.charAt(at);
    if (next === '"') return { text, end: at };
    const escaped = line[at + 1];
    if (next === '\\' && (escaped === '"' || escaped === '\\')) {
      text += escaped;
      at += 1;
    } else text += next;
  }
  return null;
};

const inSingle = (line: string, start: number): Quoted | null => {
  const end = line.indexOf("'", start);
  return end === -1 ? null : { text: line.slice(start, end), end };
};

/** The words of a command; refused when a quote is never closed or a backslash is last. */
export const splitCommand = (line: string): CommandLine => {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const next = line.charAt(at);
    if (SPACE.includes(next)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (next === '"' || next === "'") {
      const quoted = next === '"' ? inDouble(line, at + 1) : inSingle(line, at + 1);
      if (quoted === null) return { refused: 'No closing quotation' };
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (next === '\\') {
      if (at + 1 >= line.length) return { refused: 'No escaped character' };
      at += 1;
      word = (word ?? '') + line.charAt(at);
    } else word = (word ?? '') + next;
  }
  if (word !== null) words.push(word);
  return { words };
};
