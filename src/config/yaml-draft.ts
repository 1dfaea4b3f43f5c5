// Which sections does a tsvisor.yaml hold? Its tree becomes the draft that an ini file of the same meaning gives.

import { dirname } from 'node:path';
import type { Problem } from '../model/problem.ts';
import { emptyDraft, isMap, mapRaw, problemAt } from './draft.ts';
import type { Draft, Drafted, Entries, Origin, Raw } from './draft.ts';
import { SECTIONS, YAML_KEYS } from './keys.ts';
import type { SectionKind } from './keys.ts';
import { didYouMean } from './nearest.ts';
import { MAIN_FACTORY } from './plugins.ts';
import { expandVariables } from './variables.ts';
import { readEnvFiles } from './env-file.ts';
import type { Field, Tree } from './yaml.ts';
import { readYamlFiles } from './yaml-files.ts';
import type { TopSection } from './yaml-files.ts';
import type { World } from './world.ts';

/** Top-level maps of named sections, and the kind each holds. */
const NAMED: Readonly<Record<string, SectionKind>> = {
  programs: 'program',
  groups: 'group',
  eventlisteners: 'eventlistener',
  fcgi_programs: 'fcgi-program',
  rpcinterfaces: 'rpcinterface',
  ctlplugins: 'ctlplugin',
  hooks: 'tsvisor-hook',
};

/** Top-level sections. Servers may have a name behind a colon, as in ini. */
const SINGLE: Readonly<Record<string, SectionKind>> = {
  supervisor: 'supervisord',
  supervisorctl: 'supervisorctl',
  unix_http_server: 'unix_http_server',
  inet_http_server: 'inet_http_server',
};

const TOP_LEVEL: readonly string[] = ['include', 'defaults', ...Object.keys(SINGLE), ...Object.keys(NAMED)];

const PROGRAM_LIKE: ReadonlySet<SectionKind> = new Set<SectionKind>([
  'program',
  'eventlistener',
  'fcgi-program',
]);
/** Their other keys are settings of a plugin that only it knows. */
const OPEN: ReadonlySet<SectionKind> = new Set<SectionKind>(['rpcinterface', 'ctlplugin']);

const keysOf = (kind: SectionKind): readonly string[] => [
  ...Object.keys(SECTIONS[kind]),
  ...Object.keys(YAML_KEYS).filter((key) => PROGRAM_LIKE.has(kind) || key === 'expand_env'),
];

interface Reading {
  readonly draft: Draft;
  readonly world: World;
  readonly problems: Problem[];
  readonly sections: ReadonlyMap<string, TopSection>;
  /** `defaults`, filled before programs are read. */
  readonly defaults: Entries;
}

const textOf = (tree: Tree): string | null =>
  tree.kind === 'text' ? tree.text : tree.kind === 'empty' ? '' : null;

/** A value without places; null for what is nested deeper than any key takes. */
const rawOf = (tree: Tree): Raw | null => {
  const text = textOf(tree);
  if (text !== null) return text;
  if (tree.kind === 'list') {
    const items = tree.items.map(textOf);
    return items.every((item) => item !== null) ? items : null;
  }
  if (tree.kind !== 'map') return null;
  const pairs = [...tree.fields].map(([key, field]) => [key, textOf(field.value)] as const);
  return pairs.every((pair): pair is readonly [string, string] => pair[1] !== null)
    ? Object.fromEntries(pairs)
    : null;
};

const complain = (
  reading: Reading,
  at: Origin,
  what: { key: string; message: string; hint?: string },
): void => {
  reading.problems.push(problemAt(at, what));
};

/** In an included file %(here)s is that file's folder. */
const hereOf = (reading: Reading, raw: Raw, file: string): Raw => {
  if (file === reading.draft.file) return raw;
  return mapRaw(raw, (text) => text.replaceAll('%(here)s', dirname(file).replaceAll('%', '%%')));
};

/** The entries of one section: known keys only, empty values left out. */
const entriesOf = (
  reading: Reading,
  fields: ReadonlyMap<string, Field>,
  section: { readonly kind: SectionKind; readonly title: string },
): Entries => {
  const entries: Entries = new Map();
  const known = keysOf(section.kind);
  for (const [key, { keyAt, value }] of fields) {
    const raw = rawOf(value);
    if (!known.includes(key) && !OPEN.has(section.kind)) {
      complain(reading, keyAt, {
        key,
        message: `cannot use ${section.title}: there is no key ${key}`,
        hint: didYouMean(key, known),
      });
    } else if (raw === null) {
      complain(reading, value.at, {
        key,
        message: `cannot use ${section.title}: its value is nested too deep`,
        hint: 'a text, a list or a map of texts',
      });
    } else if (value.kind !== 'empty')
      entries.set(key, { ...value.at, raw: hereOf(reading, raw, value.at.file) });
  }
  return entries;
};

/** What `expand_env` and `env_file` ask for is done here, so that the draft needs neither. */
const settle = (reading: Reading, entries: Entries, title: string): Entries => {
  const refused = (key: string, at: Origin, refusal: { refused: string; hint: string }): void => {
    complain(reading, at, { key, message: `cannot use ${title}: ${refusal.refused}`, hint: refusal.hint });
  };
  const wanted = entries.get('expand_env');
  if (typeof wanted?.raw === 'string' && /^(true|yes|on|1)$/i.test(wanted.raw))
    expandVariables(entries, reading.world.env, refused);
  readEnvFiles(entries, refused);
  for (const key of Object.keys(YAML_KEYS)) entries.delete(key);
  return entries;
};

/** Entries of a section and of those it extends, its own before theirs. */
const withExtends = (
  reading: Reading,
  name: string,
  all: ReadonlyMap<string, { readonly entries: Entries; readonly at: Origin }>,
): Entries => {
  const merged: Entries = new Map();
  const seen = new Set<string>();
  let current: string | undefined = name;
  while (current !== undefined) {
    const base: { readonly entries: Entries; readonly at: Origin } | undefined = all.get(current);
    const origin = all.get(name)?.entries.get('extends');
    if (base === undefined || seen.has(current)) {
      const reason = base === undefined ? `there is no ${current}` : `${current} extends itself`;
      if (origin !== undefined)
        complain(reading, origin, {
          key: 'extends',
          message: `cannot extend ${current}: ${reason}`,
          hint: didYouMean(current, [...all.keys()]),
        });
      return merged;
    }
    seen.add(current);
    for (const [key, entry] of base.entries)
      if (!merged.has(key) && key !== 'extends') merged.set(key, { ...entry });
    const next: Raw | undefined = base.entries.get('extends')?.raw;
    current = typeof next === 'string' ? next : undefined;
  }
  return merged;
};

const fieldsOf = (reading: Reading, title: string, field: Field): ReadonlyMap<string, Field> => {
  if (field.value.kind === 'map') return field.value.fields;
  if (field.value.kind !== 'empty')
    complain(reading, field.value.at, { key: title, message: `cannot use ${title}: it is not a map` });
  return new Map();
};

/** The variables of `defaults` go before a program's own, where both are maps. */
const mergeEnvironment = (entries: Entries, defaults: Entries): void => {
  const own = entries.get('environment');
  const base = defaults.get('environment');
  if (own === undefined || !isMap(own.raw) || base === undefined || !isMap(base.raw)) return;
  entries.set('environment', { ...own, raw: { ...base.raw, ...own.raw } });
};

const readNamed = (reading: Reading, top: string, kind: SectionKind): void => {
  const all = new Map<string, { readonly entries: Entries; readonly at: Origin }>();
  for (const [name, field] of reading.sections.get(top)?.fields ?? []) {
    const title = `${top}.${name}`;
    all.set(name, {
      entries: entriesOf(reading, fieldsOf(reading, title, field), { kind, title }),
      at: field.keyAt,
    });
  }
  const defaults: Entries = PROGRAM_LIKE.has(kind) ? reading.defaults : new Map();
  for (const [name, { at }] of all) {
    const title = `${top}.${name}`;
    const entries = settle(reading, withExtends(reading, name, all), title);
    mergeEnvironment(entries, defaults);
    reading.draft.sections.set(`${kind}:${name}`, {
      name: `${kind}:${name}`,
      title,
      origin: at,
      entries,
      defaults,
    });
  }
};

const readSingle = (reading: Reading, top: string, section: TopSection): void => {
  const kind = SINGLE[top.split(':')[0] ?? ''];
  if (kind === undefined || (top.includes(':') && !top.includes('_http_server'))) {
    const message = `cannot use this file: there is no section ${top}`;
    complain(reading, section.at, { key: top, message, hint: didYouMean(top, TOP_LEVEL) });
    return;
  }
  const entries = settle(reading, entriesOf(reading, section.fields, { kind, title: top }), top);
  const name = kind === 'supervisord' ? kind : top;
  reading.draft.sections.set(name, { name, title: top, origin: section.at, entries, defaults: new Map() });
};

const readDefaults = (reading: Reading): void => {
  const section = reading.sections.get('defaults');
  if (section === undefined) return;
  const entries = settle(
    reading,
    entriesOf(reading, section.fields, { kind: 'program', title: 'defaults' }),
    'defaults',
  );
  for (const [key, entry] of entries) reading.defaults.set(key, entry);
};

/** The XML-RPC namespace `supervisor` is there unless `rpcinterfaces` says what is. */
const addMainInterface = (draft: Draft, declared: boolean): void => {
  if (declared) return;
  const origin = { file: draft.file, line: 0, column: 0 };
  const entries: Entries = new Map([['supervisor.rpcinterface_factory', { ...origin, raw: MAIN_FACTORY }]]);
  const name = 'rpcinterface:supervisor';
  draft.sections.set(name, { name, title: 'rpcinterfaces.supervisor', origin, entries, defaults: new Map() });
};

/** The draft of a YAML file and of those it includes. */
export const draftYaml = (file: string, text: string, world: World): Drafted => {
  const files = readYamlFiles(file, text);
  const { sections, problems, warnings, includedFiles } = files;
  const reading: Reading = {
    draft: emptyDraft('yaml', file),
    world,
    problems,
    sections,
    defaults: new Map(),
  };
  readDefaults(reading);
  for (const [top, section] of sections) {
    if (!(top in NAMED) && top !== 'defaults') readSingle(reading, top, section);
  }
  for (const [top, kind] of Object.entries(NAMED)) readNamed(reading, top, kind);
  addMainInterface(reading.draft, sections.has('rpcinterfaces'));
  return { draft: reading.draft, includedFiles, problems, warnings };
};
