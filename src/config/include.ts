// Which further files does an ini file pull in? `[include]`, as supervisord follows it: once, from the main file only.

import { dirname, resolve } from 'node:path';
import type { Problem } from '../model/problem.ts';
import { codePointOrder, words } from './blanks.ts';
import { entryOf, HERE, problemAt } from './draft.ts';
import type { Draft, Entry, Section } from './draft.ts';
import { expand } from './expand.ts';
import { namesIn } from './names.ts';
import type { Names } from './names.ts';
import { glob } from './glob.ts';
import { includeRoom, overrun, type IncludeRoom } from './include-room.ts';
import { readIniSections } from './ini.ts';
import { isRefusal } from './refusal.ts';
import { readText } from './text-file.ts';

/** Included files at most. */
const MAX_FILES = 5000;

/** Stands for the main file's HERE while other files are read, where it is to stay a name. */
const KEPT = '%(\u{0}here)s';

const replaceHere = (entries: Iterable<Entry>, here: string): void => {
  for (const entry of entries)
    if (typeof entry.raw === 'string' && entry.raw.includes(HERE))
      entry.raw = entry.raw.replaceAll(HERE, () => here);
};

const hasHere = ({ raw }: Entry): boolean => typeof raw === 'string' && raw.includes(HERE);

/**
 * Replaces the very text `%(here)s` in every value of every section, as supervisord does when there is an `[include]`;
 * a default that has it becomes the section's own. `own`: the values of the file that have it; null for all there are.
 */
const expandHere = (draft: Draft, here: string, own: readonly Entry[] | null): void => {
  const shared = [...draft.defaults].filter(([, entry]) => hasHere(entry));
  // What other files said has none left, unless a default of this one reaches it.
  if (shared.length === 0 && own !== null) return replaceHere(own, here);
  for (const { entries } of draft.sections.values()) {
    for (const [key, entry] of shared) if (!entries.has(key)) entries.set(key, { ...entry });
    replaceHere(entries.values(), here);
  }
  return undefined;
};

const relativeHere = (here: string, base: string): string => {
  if (here === base) return KEPT;
  return here.startsWith(`${base}/`) ? KEPT + here.slice(base.length) : here;
};

const nameHere = (draft: Draft): void => {
  for (const { entries } of draft.sections.values())
    for (const entry of entries.values())
      if (typeof entry.raw === 'string') entry.raw = entry.raw.replaceAll(KEPT, HERE);
};

export interface Included {
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export interface Including {
  /** ENV_ names and host_node_name. */
  readonly names: Names;
  /** Files outside are not seen; everything is when absent. */
  readonly mayRead?: ((path: string) => boolean) | undefined;
  /** Leaves %(here)s of the main file a name, and makes that of an included one relative to it where that can be. */
  readonly keepHere?: boolean | undefined;
}

const NOTHING: Included = { files: [], problems: [], warnings: [] };

const patternsOf = (draft: Draft, section: Section, names: Names): readonly string[] | Problem => {
  const entry = entryOf(section, 'files');
  if (typeof entry?.raw !== 'string') {
    const message = 'cannot use [include]: it has no files';
    return problemAt(section.origin, { key: 'files', message, hint: 'files = conf.d/*.conf' });
  }
  const here = dirname(draft.file);
  const text = expand(
    entry.raw.replaceAll(KEPT, () => here),
    [namesIn({ here }), ...names],
  );
  if (!isRefusal(text)) return words(text);
  return problemAt(entry, {
    key: 'files',
    message: `cannot use [include]: ${text.refused}`,
    hint: text.hint,
  });
};

const readInto = (draft: Draft, file: string, room: IncludeRoom): ReturnType<typeof readIniSections> => {
  const text = readText(file);
  if (!isRefusal(text)) {
    room.characters -= text.length;
    return overrun(room) === null ? readIniSections(draft, file, text) : { problems: [], here: [] };
  }
  // supervisord passes over what it cannot open, folders above all.
  const silent = ['it is a directory', 'permission denied', 'it does not exist'].includes(text.refused);
  const message = `cannot read this included file: ${text.refused}`;
  const problem = problemAt({ file, line: 0, column: 0 }, { message, hint: text.hint });
  return { problems: silent ? [] : [problem], here: [] };
};

/** Reads what `[include]` names into the draft. */
export const includeFiles = (draft: Draft, including: Including): Included => {
  const section = draft.sections.get('include');
  if (section === undefined) return NOTHING;
  const base = dirname(draft.file);
  expandHere(draft, including.keepHere === true ? KEPT : base, null);
  const patterns = patternsOf(draft, section, including.names);
  if ('message' in patterns) return { ...NOTHING, problems: [patterns] };
  const origin = entryOf(section, 'files') ?? section.origin;
  const files: string[] = [];
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const room = includeRoom(MAX_FILES);
  for (const pattern of patterns.map((written: string) =>
    written.startsWith('/') ? written : `${base}/${written}`,
  )) {
    const found = glob(pattern, room).filter(including.mayRead ?? (() => true));
    if (found.length === 0) {
      const message = `No file matches via include "${pattern}"`;
      warnings.push({ ...problemAt(origin, { key: 'files', message }), verbatim: true });
    }
    for (const file of found.toSorted(codePointOrder(found))) {
      room.files -= 1;
      if (overrun(room) !== null) break;
      files.push(file);
      const read = readInto(draft, file, room);
      problems.push(...read.problems);
      const here = resolve(dirname(file));
      expandHere(draft, including.keepHere === true ? relativeHere(here, base) : here, read.here);
    }
  }
  if (including.keepHere === true) nameHere(draft);
  const tooMuch = overrun(room);
  if (tooMuch !== null)
    problems.push(problemAt(origin, { key: 'files', message: tooMuch, hint: 'use a narrower pattern' }));
  return { files, problems, warnings };
};
