// What is worth a word about the command of a program?

import { splitCommand } from '../model/command-line.ts';
import type { Advice } from './advice-rules.ts';
import { foregroundCure, shellWord } from './daemons.ts';
import { entryOf, problemAt } from './draft.ts';
import type { Section } from './draft.ts';
import { shown } from './refusal.ts';
import { unwrap } from './wrappers.ts';
import type { Unwrapped } from './wrappers.ts';

type Say = (rule: Advice['rule'], message: string, hint: string) => Advice;

/** A value as the dialect would write it. */
const assignment = (dialect: 'ini' | 'yaml', key: string, value: string): string =>
  dialect === 'ini'
    ? `${key}=${value}`
    : `${key}: ${/[:#'"]|^[-?[{!*&|>%@`]/.test(value) ? JSON.stringify(value) : value}`;

/** The keys that say what a chain of wrappers said. */
const keysFor = (unwrapped: Unwrapped): readonly (readonly [string, string])[] => [
  ['command', unwrapped.command],
  ...(unwrapped.user === null ? [] : [['user', unwrapped.user] as const]),
  ...(unwrapped.score === null ? [] : [['oom_score_adj', unwrapped.score] as const]),
];

/** `a`, `a and b`, `a, b and c`. */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

const wrapped = (line: string, dialect: 'ini' | 'yaml', say: Say): Advice[] => {
  const unwrapped = unwrap(line);
  if (unwrapped === null) return [];
  const chain = listed(unwrapped.removed);
  const keys = keysFor(unwrapped).map(([key, value]) => assignment(dialect, key, value));
  const message = `${chain} before the command can go: tsvisor sets score and user itself, before exec`;
  return [say('wrapped-command', message, `write ${keys.join(', ')}`)];
};

/** Advice about one section's command. */
export const commandAdvice = (section: Section, dialect: 'ini' | 'yaml'): Advice[] => {
  const entry = entryOf(section, 'command');
  if (typeof entry?.raw !== 'string' || !/^(program|eventlistener|fcgi-program):/.test(section.name))
    return [];
  const say: Say = (rule, message, hint) => ({
    rule,
    ...problemAt(entry, { key: 'command', message, hint }),
  });
  const split = splitCommand(entry.raw);
  if (split.refused !== undefined) {
    const hint = 'a blank before ; or # starts a comment, even in quotes';
    return [say('unsplit-command', `the command cannot be split into words: ${split.refused}`, hint)];
  }
  const inner = splitCommand(unwrap(entry.raw)?.command ?? entry.raw);
  const words = inner.refused === undefined ? inner.words : split.words;
  const cure = foregroundCure(words);
  const foreign = shellWord(words);
  return [
    ...wrapped(entry.raw, dialect, say),
    ...(cure === null
      ? []
      : [say('daemonises', 'the command seems to leave the foreground and run as a daemon', cure)]),
    ...(foreign === null
      ? []
      : [
          say(
            'shell-words',
            `${shown(foreign)} means nothing here: no shell runs the command`,
            `sh -c 'exec ...' runs it in a shell`,
          ),
        ]),
  ];
};
