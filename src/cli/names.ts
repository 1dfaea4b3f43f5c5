// Which of the listed processes does the command line name, and what is wrong with the names that mean none?

import type { ProcessName } from '../model/event.ts';
import { TsvisorError } from '../model/errors.ts';
import { namespec, parseSelector } from '../model/name.ts';
import { nearestOf } from '../config/nearest.ts';

export interface UnknownName {
  readonly error: TsvisorError;
  /** The nearest known name, or the registry's hint. */
  readonly hint: string;
}

export interface Selection<P extends ProcessName> {
  /** In the order in which they were given. */
  readonly processes: readonly P[];
  readonly unknown: readonly UnknownName[];
}

const hintFor = (word: string, all: readonly ProcessName[]): string | null => {
  const groups = [...new Set(all.map(({ group }) => group))];
  const name = nearestOf(word, [
    ...all.map((process) => ({ name: namespec(process), aliases: [process.name] })),
    ...groups.map((group) => ({ name: `${group}:*`, aliases: [group] })),
  ]);
  return name === null ? null : `did you mean \`${name}\`?`;
};

/** What to tell the writer of a name that means nothing here. */
export const unknownName = (word: string, all: readonly ProcessName[]): UnknownName => {
  const selector = parseSelector(word);
  const error =
    selector.kind === 'group'
      ? new TsvisorError('BAD_GROUP', { name: selector.group })
      : new TsvisorError('BAD_NAME', { name: word });
  return { error, hint: hintFor(word, all) ?? error.hint };
};

const matches = (word: string): ((process: ProcessName) => boolean) => {
  const selector = parseSelector(word);
  if (selector.kind === 'all') return () => true;
  if (selector.kind === 'group') return ({ group }) => group === selector.group;
  return ({ group, name }) => group === selector.group && name === selector.name;
};

/** No words select everything. */
export const select = <P extends ProcessName>(words: readonly string[], all: readonly P[]): Selection<P> => {
  if (words.length === 0 || words.includes('all')) return { processes: all, unknown: [] };
  const tests = words.map(matches);
  return {
    processes: all.filter((process) => tests.some((test) => test(process))),
    unknown: words
      .filter((_, index) => !all.some((process) => tests[index]?.(process) === true))
      .map((word) => unknownName(word, all)),
  };
};
