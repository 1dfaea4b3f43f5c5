// Which tsvisor.yaml says the same as an ini file? For `tsvisor import`, which proves what it wrote by reading it.

import { basename } from 'node:path';
import type { Problem } from '../model/problem.ts';
import { problemAt, supervisordSection } from './draft.ts';
import type { Draft, Section } from './draft.ts';
import { commentsOf } from './import-comments.ts';
import type { FileComments } from './import-comments.ts';
import { blockLines, namedLines } from './import-layout.ts';
import type { Block, Item } from './import-layout.ts';
import { blockOf, isDefaultKey, written } from './import-sections.ts';
import { differences } from './import-proof.ts';
import type { Importing } from './import-sections.ts';
import type { SectionKind } from './keys.ts';
import { draftFile, isYaml, loadPlan } from './load.ts';
import type { LoadOptions } from './load.ts';
import { MAIN_FACTORY } from './plugins.ts';
import { isRefusal } from './refusal.ts';
import { readText } from './text-file.ts';
import { worldOf } from './world.ts';

export interface ImportOptions extends LoadOptions {
  /** Leaves `sudo`, `choom` and the like in commands instead of making keys of them. */
  readonly keepCommands?: boolean;
}

export type Imported =
  | {
      readonly text: string;
      /** In words what the text says otherwise than the file; empty as it should be. */
      readonly unequal: readonly string[];
      readonly warnings: readonly Problem[];
    }
  | { readonly text: null; readonly problems: readonly Problem[] };

const SERVERS = ['unix_http_server', 'inet_http_server'] as const;

/** Top-level keys of sections that have names. */
const NAMED = [
  ['rpcinterfaces', 'rpcinterface'],
  ['ctlplugins', 'ctlplugin'],
  ['groups', 'group'],
  ['programs', 'program'],
  ['eventlisteners', 'eventlistener'],
  ['fcgi_programs', 'fcgi-program'],
  ['hooks', 'tsvisor-hook'],
] as const satisfies readonly (readonly [string, SectionKind])[];

/** As YAML has it: the kind alone, or a name behind a colon. */
const serverKey = (name: string, kind: string): string => {
  const rest = name.slice(kind.length);
  return rest === '' || rest.startsWith(':') ? name : `${kind}:${rest.replace(/^[_-]+/, '')}`;
};

/** In YAML there is no main log and no pidfile unless one is named. */
const supervisorBlock = (importing: Importing): Block => {
  const { draft } = importing;
  const section = supervisordSection(draft);
  const block = blockOf(importing, section, { kind: 'supervisord', key: 'supervisor' });
  const has = (key: string): boolean =>
    block.items.some((item) => typeof item !== 'string' && item.key === key);
  const silent = [
    ['logfile', 'supervisord.log'],
    ['pidfile', 'supervisord.pid'],
  ] as const;
  const added: Item[] = silent
    .filter(([key]) => !has(key))
    .map(([key, value]) => ({ key, value, above: [], behind: "# supervisord's default" }));
  return { ...block, items: [...added, ...block.items] };
};

const defaultsBlock = (importing: Importing): Block | null => {
  const { defaults, file } = importing.draft;
  const entries = new Map([...defaults].filter(([key]) => isDefaultKey(key)));
  const origin = { file, line: 0, column: 0 };
  const section = { name: 'DEFAULT', title: '[DEFAULT]', origin, entries, defaults: new Map() };
  return entries.size === 0 ? null : blockOf(importing, section, { kind: 'program', key: 'defaults' });
};

const isMainInterface = ({ items, key }: Block): boolean => {
  const keys = items.filter((item) => typeof item !== 'string');
  return key === 'supervisor' && keys.length === 1 && keys[0]?.value === MAIN_FACTORY;
};

const namedParts = (importing: Importing): string[][] =>
  NAMED.flatMap(([top, kind]) => {
    const sections = [...importing.draft.sections.values()].filter(({ name }) => name.startsWith(`${kind}:`));
    const blocks = sections.map((section) =>
      blockOf(importing, section, { kind, key: section.name.slice(kind.length + 1) }),
    );
    // The one interface that YAML has without a word need not be named; that there is none has to be.
    if (kind === 'rpcinterface') {
      if (blocks.length === 0) return [[`${top}: {} # none, not even supervisord's own`]];
      if (blocks.length === 1 && blocks.every(isMainInterface)) return [];
    }
    return blocks.length === 0 ? [] : [namedLines(top, blocks)];
  });

const serverParts = (importing: Importing): string[][] =>
  [...importing.draft.sections.values()].flatMap((section) => {
    const kind = SERVERS.find((server) => section.name.startsWith(server));
    if (kind === undefined) return [];
    return [blockLines(blockOf(importing, section, { kind, key: serverKey(section.name, kind) }))];
  });

const isRead = ({ name }: Section): boolean =>
  ['supervisord', 'supervisorctl', 'include'].includes(name) ||
  SERVERS.some((server) => name.startsWith(server)) ||
  NAMED.some(([, kind]) => name.startsWith(`${kind}:`));

/** Sections that nobody reads stay as comments. */
const strangers = (importing: Importing): string[][] =>
  [...importing.draft.sections.values()]
    .filter((section) => !isRead(section))
    .map(({ title, entries }) => [
      `# ${title} (nobody reads this section)`,
      ...[...entries].map(([key, entry]) => `#   ${written(key, entry)}`),
    ]);

const titleOf = ({ draft, comments }: Importing): string[] => {
  const more = comments.size - 1;
  const files =
    more === 0 ? '' : more === 1 ? ' and the file it includes' : ` and the ${more} files it includes`;
  return [`# Imported from ${basename(draft.file)}${files}.`];
};

const write = (importing: Importing): string => {
  const { draft, comments } = importing;
  const top = [...comments.values()].map((file) => [...file.top]);
  const ctl = draft.sections.get('supervisorctl');
  const defaults = defaultsBlock(importing);
  const parts = [
    titleOf(importing),
    ...top,
    blockLines(supervisorBlock(importing)),
    ...serverParts(importing),
    ...(ctl === undefined
      ? []
      : [blockLines(blockOf(importing, ctl, { kind: 'supervisorctl', key: 'supervisorctl' }))]),
    ...(defaults === null ? [] : [blockLines(defaults)]),
    ...namedParts(importing),
    ...strangers(importing),
  ];
  const lines = parts.filter((part) => part.length > 0).map((part) => part.join('\n'));
  return `${lines.join('\n\n')}\n`;
};

const commentsIn = (draft: Draft, includedFiles: readonly string[]): Map<string, FileComments> =>
  new Map(
    [draft.file, ...includedFiles].map((file) => {
      const text = readText(file);
      return [file, commentsOf(isRefusal(text) ? '' : text)];
    }),
  );

const alreadyYaml = (file: string): Problem =>
  problemAt(
    { file, line: 0, column: 0 },
    { message: 'cannot import this file: it is YAML already', hint: 'name an ini file' },
  );

/** The YAML that says what an ini file and those it includes say, with their comments; or the problems of the file. */
export const importConfig = async (path: string, options: ImportOptions = {}): Promise<Imported> => {
  if (isYaml(path)) return { text: null, problems: [alreadyYaml(path)] };
  const world = worldOf(options);
  const resolved = await loadPlan(path, { ...options, users: world.users, asWritten: true });
  if (resolved.plan === null) return { text: null, problems: resolved.problems };
  const { draft, includedFiles } = await draftFile(path, world, { ...options, keepHere: true });
  const importing = { draft, comments: commentsIn(draft, includedFiles) };
  const same = write({ ...importing, keepCommands: true });
  const unequal = differences(resolved.plan, same, world);
  if (options.keepCommands === true) return { text: same, unequal, warnings: resolved.warnings };
  return { text: write({ ...importing, keepCommands: false }), unequal, warnings: resolved.warnings };
};
