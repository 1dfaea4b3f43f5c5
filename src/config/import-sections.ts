// What does each section of an ini file become in a tsvisor.yaml?

import type { Draft, Entry, Section } from './draft.ts';
import type { FileComments } from './import-comments.ts';
import type { Block, Item } from './import-layout.ts';
import { yamlValue } from './import-values.ts';
import type { YamlValue } from './import-values.ts';
import { OWN_KEYS, PROGRAM_KEYS, SECTIONS } from './keys.ts';
import type { KeyRow, SectionKind } from './keys.ts';
import { pythonInt } from './numbers.ts';
import { unwrap } from './wrappers.ts';
import type { Unwrapped } from './wrappers.ts';

export interface Importing {
  readonly draft: Draft;
  /** By file, in the order in which they were read. */
  readonly comments: ReadonlyMap<string, FileComments>;
  /** Leaves `sudo`, `choom` and the like in commands. */
  readonly keepCommands: boolean;
}

const PROGRAM_LIKE: ReadonlySet<SectionKind> = new Set<SectionKind>([
  'program',
  'eventlistener',
  'fcgi-program',
]);

/** Other keys in them are settings of a plugin. */
const OPEN: ReadonlySet<SectionKind> = new Set<SectionKind>(['rpcinterface', 'ctlplugin']);

const rowOf = (kind: SectionKind, key: string): KeyRow | undefined =>
  Object.entries<KeyRow>(SECTIONS[kind]).find(([name]) => name === key)?.[1];

/** Keys of [DEFAULT] that `defaults` says for all programs; its variables would be mixed with a program's own there. */
export const isDefaultKey = (key: string): boolean => key in PROGRAM_KEYS && key !== 'environment';

/** Keys of [DEFAULT] that a section of this kind has to say itself. */
const inheritsItself = (kind: SectionKind, key: string): boolean => {
  if (OPEN.has(kind)) return true;
  if (PROGRAM_LIKE.has(kind) && isDefaultKey(key)) return false;
  if (kind === 'group' && key in OWN_KEYS) return false;
  return rowOf(kind, key) !== undefined;
};

/** Keys that supervisord expands twice. */
const isTwice = (kind: SectionKind, key: string): boolean =>
  kind === 'supervisord'
    ? key === 'environment'
    : PROGRAM_LIKE.has(kind) && (key === 'stdout_logfile' || key === 'stderr_logfile');

const plainItem = (key: string, value: YamlValue): Item => ({ key, value, above: [], behind: null });

/** A line of the ini file as a comment has it. */
export const written = (key: string, { raw }: Entry): string =>
  `${key}=${typeof raw === 'string' ? raw.replaceAll('\n', ' ') : ''}`;

const itemOf = (
  importing: Importing,
  kind: SectionKind,
  [key, entry]: readonly [string, Entry],
): (Item | string)[] => {
  const raw = typeof entry.raw === 'string' ? entry.raw : '';
  const said = importing.comments.get(entry.file)?.keys.get(entry.line);
  const [above, behind] = [said?.above ?? [], said?.behind ?? null];
  const row = rowOf(kind, key);
  if (row === undefined && !OPEN.has(kind))
    return [
      ...above,
      ...(behind === null ? [] : [behind]),
      `# ${written(key, entry)} (nobody reads this key)`,
    ];
  const value = yamlValue(raw, row, isTwice(kind, key));
  return [{ key, value, above, behind }];
};

/** What the chain before a command asks for, when keys can say it. */
const chainOf = (line: string): (Unwrapped & { readonly line: string }) | null => {
  const unwrapped = unwrap(line);
  if (unwrapped === null || unwrapped.user === '') return null;
  const { score } = unwrapped;
  const value = score === null ? 0 : pythonInt(score);
  return value !== null && Math.abs(value) <= 1000 ? { ...unwrapped, line } : null;
};

/** The items of a program with the chain of wrappers before its command turned into keys. */
const unwrappedItems = (items: readonly (Item | string)[]): (Item | string)[] => {
  const command = items.find((item) => typeof item !== 'string' && item.key === 'command');
  const chain =
    typeof command === 'object' && typeof command.value === 'string' ? chainOf(command.value) : null;
  if (chain === null) return [...items];
  const { user, score } = chain;
  const hasUser = items.some((item) => typeof item !== 'string' && item.key === 'user');
  const more = [
    ...(user === null || hasUser ? [] : [plainItem('user', user)]),
    ...(score === null ? [] : [plainItem('oom_score_adj', score)]),
  ];
  return items.flatMap((item): (Item | string)[] => {
    if (typeof item === 'string') return [item];
    if (item.key === 'user' && user !== null) return [{ ...item, value: user }];
    if (item.key === 'oom_score_adj' && score !== null) return [];
    if (item !== command) return [item];
    const was = `# was: ${chain.line.replaceAll('\n', ' ')}`;
    return [{ ...item, value: chain.command, above: [...item.above, was] }, ...more];
  });
};

/** Comments above, behind and below each of a section's headers. */
const headersOf = (importing: Importing, section: Section) => {
  const headers = [...importing.comments.values()].flatMap((file) =>
    file.headers.filter((header) => header.section === section.name),
  );
  return {
    above: headers.flatMap(({ above }) => above),
    behind: headers[0]?.behind ?? null,
    below: headers.flatMap(({ below }) => below),
  };
};

/** The section of that kind under `key`. */
export const blockOf = (
  importing: Importing,
  section: Section,
  as: { readonly kind: SectionKind; readonly key: string },
): Block => {
  const inherited = [...section.defaults].filter(
    ([key]) => !section.entries.has(key) && inheritsItself(as.kind, key),
  );
  const items = [...section.entries, ...inherited].flatMap((entry) => itemOf(importing, as.kind, entry));
  const { above, behind, below } = headersOf(importing, section);
  const program = PROGRAM_LIKE.has(as.kind) && !importing.keepCommands;
  return {
    key: as.key,
    above,
    behind,
    items: [...(program ? unwrappedItems(items) : items), ...below],
  };
};
