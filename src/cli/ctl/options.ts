// What do the words after `tsvisor ctl` mean? supervisorctl's options, read as Python's getopt reads them.

interface OptionRow {
  readonly short: string;
  readonly long: string | null;
  /** What it takes; null for a switch. */
  readonly value: string | null;
  readonly meaning: string;
}

export const CTL_OPTIONS = [
  {
    short: 'c',
    long: 'configuration',
    value: 'FILENAME',
    meaning: 'config file (searched for when not given)',
  },
  { short: 'h', long: 'help', value: null, meaning: 'print this text' },
  { short: '?', long: null, value: null, meaning: 'print this text' },
  { short: 'i', long: 'interactive', value: null, meaning: 'ask before shutdown and reload' },
  { short: 's', long: 'serverurl', value: 'URL', meaning: 'unix:///path or http://host:port of the server' },
  { short: 'u', long: 'username', value: 'USERNAME', meaning: 'user name for the server' },
  { short: 'p', long: 'password', value: 'PASSWORD', meaning: 'password for the server' },
  {
    short: 'r',
    long: 'history_file',
    value: 'FILENAME',
    meaning: 'file that keeps what is typed in the shell',
  },
] as const satisfies readonly OptionRow[];

type Short = (typeof CTL_OPTIONS)[number]['short'];

export interface CtlWords {
  /** By short letter; a switch is `''`. */
  readonly given: Readonly<Partial<Record<Short, string>>>;
  readonly action: readonly string[];
}

/** A command line that cannot be understood, in getopt's words. */
export interface Misread {
  readonly misread: string;
}

export const isMisread = (read: CtlWords | Misread): read is Misread => 'misread' in read;

interface Taken {
  readonly option: (typeof CTL_OPTIONS)[number];
  readonly value: string;
  /** How many of the words behind it were used. */
  readonly used: number;
}

const misread = (text: string): Misread => ({ misread: text });

const takeLong = (word: string, next: string | undefined): Taken | Misread => {
  const [name = '', ...parts] = word.slice(2).split('=');
  const value = parts.length > 0 ? parts.join('=') : null;
  const fitting = CTL_OPTIONS.filter(({ long }) => long?.startsWith(name) === true);
  const option = fitting.find(({ long }) => long === name) ?? fitting[0];
  if (option === undefined) return misread(`option --${name} not recognized`);
  if (option.long !== name && fitting.length > 1) return misread(`option --${name} not a unique prefix`);
  if (option.value === null)
    return value === null
      ? { option, value: '', used: 0 }
      : misread(`option --${option.long} must not have an argument`);
  if (value !== null) return { option, value, used: 0 };
  return next === undefined
    ? misread(`option --${option.long} requires argument`)
    : { option, value: next, used: 1 };
};

/** `-isURL` is `-i -s URL`. */
const takeShort = (word: string, next: string | undefined): readonly Taken[] | Misread => {
  const taken: Taken[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const option = CTL_OPTIONS.find(({ short }) => short === letter);
    if (option === undefined) return misread(`option -${letter} not recognized`);
    if (option.value === null) taken.push({ option, value: '', used: 0 });
    else {
      const rest = word.slice(at + 1);
      if (rest === '' && next === undefined) return misread(`option -${letter} requires argument`);
      taken.push({ option, value: rest === '' ? (next ?? '') : rest, used: rest === '' ? 1 : 0 });
      break;
    }
  }
  return taken;
};

const take = (word: string, next: string | undefined): readonly Taken[] | Misread => {
  if (!word.startsWith('--')) return takeShort(word, next);
  const taken = takeLong(word, next);
  return 'misread' in taken ? taken : [taken];
};

/** Options end at the first word that is none. */
export const readCtlWords = (words: readonly string[]): CtlWords | Misread => {
  const given: Partial<Record<Short, string>> = {};
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    const taken = take(word, words[at + 1]);
    if ('misread' in taken) return taken;
    for (const { option, value, used } of taken) {
      if (given[option.short] !== undefined && option.value !== null)
        return misread(`conflicting command line option '-${option.short}'`);
      given[option.short] = value;
      at += used;
    }
  }
  return { given, action: words.slice(at) };
};
