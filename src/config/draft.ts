// What does a config file say, before anybody knows what it means? Sections of keys, each value with its place.

import type { Problem } from '../model/problem.ts';

export interface Origin {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 0 when only the line is known. */
  readonly column: number;
}

/** Stands for the folder of the file it is in. */
export const HERE = '%(here)s';

/** Text always in an ini file; a list or a map of texts also in YAML. */
export type Raw = string | readonly string[] | Readonly<Record<string, string>>;

const isList = (raw: Raw | undefined): raw is readonly string[] => Array.isArray(raw);

export const isMap = (raw: Raw | undefined): raw is Readonly<Record<string, string>> =>
  typeof raw === 'object' && !isList(raw);

/** The same shape with every text changed. */
export const mapRaw = (raw: Raw, change: (text: string) => string): Raw => {
  if (typeof raw === 'string') return change(raw);
  if (isList(raw)) return raw.map(change);
  return Object.fromEntries(Object.entries(raw).map(([key, text]) => [key, change(text)]));
};

/** A value and its place: one object, since a large config has tens of thousands. */
export interface Entry extends Origin {
  raw: Raw;
}

export type Entries = Map<string, Entry>;

export interface Section {
  /** As in an ini file, e.g. `program:web`, whatever the dialect. */
  readonly name: string;
  /** As the reader of the file knows it: `[program:web]` or `programs.web`. */
  readonly title: string;
  readonly origin: Origin;
  readonly entries: Entries;
  /** Looked up when `entries` has no such key: `[DEFAULT]` in ini, `defaults` for programs in YAML. */
  readonly defaults: Entries;
}

export interface Draft {
  readonly dialect: 'ini' | 'yaml';
  /** Absolute path of the main file. */
  readonly file: string;
  /** In the order of first appearance. */
  readonly sections: Map<string, Section>;
  /** `[DEFAULT]`. */
  readonly defaults: Entries;
}

/** `[supervisord]`; one without keys where the file has none. */
export const supervisordSection = ({ sections, file, defaults }: Draft): Section =>
  sections.get('supervisord') ?? {
    name: 'supervisord',
    title: '[supervisord]',
    origin: { file, line: 0, column: 0 },
    entries: new Map(),
    defaults,
  };

/** A draft and what was noticed on the way to it; problems here are of the text, not of its meaning. */
export interface Drafted {
  readonly draft: Draft;
  readonly includedFiles: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export const emptyDraft = (dialect: Draft['dialect'], file: string): Draft => ({
  dialect,
  file,
  sections: new Map(),
  defaults: new Map(),
});

export const entryOf = (section: Section, key: string): Entry | undefined =>
  section.entries.get(key) ?? section.defaults.get(key);

/** The section of that name, made when there is none yet. */
export const sectionOf = (draft: Draft, name: string, origin: Origin): Section => {
  const known = draft.sections.get(name);
  if (known !== undefined) return known;
  const made: Section = { name, title: `[${name}]`, origin, entries: new Map(), defaults: draft.defaults };
  draft.sections.set(name, made);
  return made;
};

export const sectionsNamed = (draft: Draft, prefix: string): Section[] => {
  const found: Section[] = [];
  draft.sections.forEach((section) => {
    if (section.name.startsWith(prefix)) found.push(section);
  });
  return found;
};

export const problemAt = (
  origin: Origin,
  what: { readonly key?: string; readonly message: string; readonly hint?: string },
): Problem => ({
  file: origin.file,
  line: origin.line,
  column: origin.column,
  key: what.key ?? '',
  message: what.message,
  hint: what.hint ?? '',
});

/** Keeps each problem once: the processes of a program share their values and so their problems. */
export const gatherOnce = (): { readonly all: Problem[]; readonly add: (problem: Problem) => void } => {
  const seen = new Set<string>();
  const all: Problem[] = [];
  const add = (problem: Problem): void => {
    const mark = JSON.stringify([problem.file, problem.line, problem.key, problem.message]);
    if (!seen.has(mark)) all.push(problem);
    seen.add(mark);
  };
  return { all, add };
};

/** What follows the first colon of a section's name. */
export const suffixOf = (section: Section): string => section.name.slice(section.name.indexOf(':') + 1);
