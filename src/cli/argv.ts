// What does a plain command line order? All that people write every day; the rest is left to commander.

import { COMMANDS, type CommandRow, type Order } from './commands.ts';
import { GLOBAL_OPTIONS, type OptionRow } from './rows.ts';

const flagsOf = ({ flags }: OptionRow): readonly string[] =>
  flags.split(/[ ,]+/).filter((word) => word.startsWith('-'));

/** As commander names it: `--dry-run` is `dryRun`. */
const keyOf = (option: OptionRow): string =>
  (flagsOf(option).find((flag) => flag.startsWith('--')) ?? '')
    .replace(/^--(?:no-)?/, '')
    .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const negates = ({ flags }: OptionRow): boolean => flags.startsWith('--no-');

const takesValue = ({ flags }: OptionRow): boolean => flags.includes('<');

/** Fewest and most words: `<a> [b...]` is at least one, `<a>` exactly one. */
const fits = ({ words }: CommandRow, count: number): boolean => {
  const fewest = words.split('<').length - 1;
  const most = words.includes('...') ? Infinity : words.split(/[<[]/).length - 1;
  return count >= fewest && count <= most;
};

/** `tsvisor --version`, as people ask any program. */
export const inFull = (argv: readonly string[]): readonly string[] =>
  argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V') ? ['version', '--verbose'] : argv;

interface Reading {
  row: CommandRow | null;
  readonly words: string[];
  readonly options: Record<string, string | boolean>;
}

const readOption = (
  reading: Reading,
  token: string,
  next: string | undefined,
): 'unknown' | 'taken' | 'took-next' => {
  const known = [...GLOBAL_OPTIONS, ...(reading.row?.options ?? [])];
  const option = known.find((candidate) => flagsOf(candidate).includes(token));
  if (option === undefined) return 'unknown';
  if (!takesValue(option)) {
    reading.options[keyOf(option)] = !negates(option);
    return 'taken';
  }
  if (next === undefined || next.startsWith('-')) return 'unknown';
  reading.options[keyOf(option)] = next;
  return 'took-next';
};

const readWord = (reading: Reading, token: string): boolean => {
  if (reading.row !== null) return reading.words.push(token) > 0;
  reading.row = COMMANDS.find(({ name }) => name === token) ?? null;
  return reading.row !== null;
};

/**
 * Null when anything is unusual: help, a mistake, a rare spelling. Commander costs 8 ms to load, a third of what Node itself
 * needs to start; a property test holds that both understand the same.
 */
export const readPlainArgv = (argv: readonly string[]): Order | null => {
  const reading: Reading = { row: null, words: [], options: {} };
  for (let index = 0; index < argv.length; index += 1) {
    const token = argv[index] ?? '';
    if (reading.row?.raw === true)
      return { row: reading.row, words: argv.slice(index), options: reading.options };
    if (token.startsWith('-')) {
      const read = readOption(reading, token, argv[index + 1]);
      if (read === 'unknown') return null;
      if (read === 'took-next') index += 1;
    } else if (!readWord(reading, token)) return null;
  }
  const { row, words, options } = reading;
  return row !== null && fits(row, words.length) ? { row, words, options } : null;
};
