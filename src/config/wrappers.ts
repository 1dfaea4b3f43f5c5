// What does a chain such as `sudo choom -n -500 -- sudo -u app CMD` ask for, and which command is left without it?

import { splitCommand } from '../model/command-line.ts';

export interface Unwrapped {
  /** What is left, quoted as it was. */
  readonly command: string;
  /** The score that choom would have set, as written. */
  readonly score: string | null;
  /** The user that the last of them would have switched to. */
  readonly user: string | null;
  /** Names of the programs taken away. */
  readonly removed: readonly string[];
}

interface Asked {
  score?: string;
  user?: string;
}

/** Options that take a value (next word or attached), and plain ones; anything else is not understood. */
interface Wrapper {
  readonly valued: Readonly<Record<string, keyof Asked | 'dropped'>>;
  readonly plain: readonly string[];
  /** Asked for by a word before the command, e.g. `gosu USER`. */
  readonly operand?: keyof Asked;
  readonly always?: Asked;
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: {
    valued: { '-u': 'user', '--user': 'user' },
    plain: ['-E', '-n', '-H', '--preserve-env', '--non-interactive', '--set-home'],
    always: { user: 'root' },
  },
  choom: { valued: { '-n': 'score', '--adjust': 'score' }, plain: [] },
  setpriv: {
    valued: { '--reuid': 'user', '--regid': 'dropped' },
    plain: ['--init-groups', '--clear-groups', '--reset-env'],
  },
  runuser: { valued: { '-u': 'user', '--user': 'user' }, plain: [] },
  gosu: { valued: {}, plain: [], operand: 'user' },
  'su-exec': { valued: {}, plain: [], operand: 'user' },
  chpst: { valued: { '-u': 'user' }, plain: [] },
};

const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** `--user=app`, `-uapp` or `-n-500`: the option and what is attached to it. */
const attached = (word: string, wrapper: Wrapper): readonly [string, string] | null => {
  const equals = word.indexOf('=');
  if (word.startsWith('--')) return equals === -1 ? null : [word.slice(0, equals), word.slice(equals + 1)];
  const short = word.slice(0, 2);
  return word.length > 2 && short in wrapper.valued ? [short, word.slice(2)] : null;
};

interface Step {
  readonly asked: Asked;
  /** Stays before the command, since no key says the same. */
  readonly stays?: true;
  /** Index of the first word that belongs to the command. */
  readonly next: number;
}

const optionsOf = (words: readonly string[], start: number, wrapper: Wrapper): Step | null => {
  const asked: Asked = {};
  let at = start;
  while (words[at]?.startsWith('-') === true && words[at] !== '--') {
    const word = words[at] ?? '';
    const [option, value] = attached(word, wrapper) ?? [word, words[at + 1] ?? ''];
    const wanted = wrapper.valued[option];
    if (wanted === undefined && !wrapper.plain.includes(word)) return null;
    if (wanted !== undefined && wanted !== 'dropped') asked[wanted] = value;
    at += wanted !== undefined && option === word ? 2 : 1;
  }
  return { asked, next: words[at] === '--' ? at + 1 : at };
};

const staying = (next: number): Step => ({ asked: {}, stays: true, next });

/** `nice` with a value that every user may ask for; what comes behind it may be in its turn a wrapper. */
const niceAt = (words: readonly string[], at: number): Step | null => {
  if (baseName(words[at] ?? '') !== 'nice') return null;
  const [option = '', value = ''] = words.slice(at + 1, at + 3);
  if ((option === '-n' || option === '--adjustment') && /^\d+$/.test(value)) return staying(at + 3);
  if (/^(-n|--adjustment=|-)\d+$/.test(option)) return staying(at + 2);
  return option.startsWith('-') ? null : staying(at + 1);
};

/** One wrapper at `at`; null when there is none or it does something that no key does. */
const stepAt = (words: readonly string[], at: number): Step | null => {
  const wrapper = WRAPPERS[baseName(words[at] ?? '')];
  if (wrapper === undefined) return niceAt(words, at);
  const options = optionsOf(words, at + 1, wrapper);
  if (options === null) return null;
  if (wrapper.operand === undefined)
    return { asked: { ...wrapper.always, ...options.asked }, next: options.next };
  return { asked: { [wrapper.operand]: words[options.next] ?? '' }, next: options.next + 1 };
};

/** Null when the command begins with no wrapper that keys can replace, or nothing would be left. */
export const unwrap = (line: string): Unwrapped | null => {
  const split = splitCommand(line);
  if (split.refused !== undefined) return null;
  const { words, starts } = split;
  const removed: string[] = [];
  const asked: Asked = {};
  let kept = '';
  let at = 0;
  for (let step = stepAt(words, at); step !== null; step = stepAt(words, at)) {
    if (step.stays === true) kept += line.slice(starts[at], starts[step.next]);
    else removed.push(baseName(words[at] ?? ''));
    Object.assign(asked, step.asked);
    at = step.next;
  }
  const start = starts[at];
  if (removed.length === 0 || start === undefined) return null;
  const command = kept + line.slice(start);
  return { command, score: asked.score ?? null, user: asked.user ?? null, removed };
};
