// How do imported sections look on the page? Keys with their comments, two blanks for each step in.

import { flowList, scalar, scalarLines } from './yaml-text.ts';
import type { YamlValue } from './import-values.ts';

export interface Item {
  readonly key: string;
  readonly value: YamlValue;
  /** Comments with their `#`. */
  readonly above: readonly string[];
  readonly behind: string | null;
}

/** A section; comments may be all that is in it. */
export interface Block {
  readonly key: string;
  readonly above: readonly string[];
  readonly behind: string | null;
  /** A text is a comment on a line of its own. */
  readonly items: readonly (Item | string)[];
}

const STEP = '  ';

const behindOf = ({ behind }: { readonly behind: string | null }): string =>
  behind === null ? '' : ` ${behind}`;

/** Other readers of YAML take these for true and false. */
const TRUTH = /^(y|n|yes|no|on|off|true|false)$/i;

const variableLines = (text: string, indent: string): readonly string[] =>
  TRUTH.test(text) ? [`'${text}'`] : scalarLines(text, indent);

const mapLines = (map: ReadonlyMap<string, string>, indent: string): string[] =>
  [...map].flatMap(([key, text]) => {
    const [first = '', ...rest] = variableLines(text, indent + STEP);
    return [`${indent}${scalar(key)}: ${first}`, ...rest];
  });

const valueLines = (item: Item, indent: string): string[] => {
  const { value } = item;
  const start = `${indent}${scalar(item.key)}:`;
  if (typeof value === 'string') {
    const [first = '', ...rest] = scalarLines(value, indent + STEP);
    return [`${start} ${first}${behindOf(item)}`, ...rest];
  }
  if (!(value instanceof Map)) return [`${start} ${flowList([...value.values()])}${behindOf(item)}`];
  if (value.size === 0) return [`${start} {}${behindOf(item)}`];
  return [start + behindOf(item), ...mapLines(value, indent + STEP)];
};

const itemLines = (item: Item | string, indent: string): string[] =>
  typeof item === 'string'
    ? [indent + item]
    : [...item.above.map((comment) => indent + comment), ...valueLines(item, indent)];

/** A section without a key is written as an empty map, which says that it is there. */
export const blockLines = (block: Block, indent = ''): string[] => {
  const bare = block.items.every((item) => typeof item === 'string');
  return [
    ...block.above.map((comment) => indent + comment),
    `${indent}${scalar(block.key)}:${bare ? ' {}' : ''}${behindOf(block)}`,
    ...block.items.flatMap((item) => itemLines(item, indent + STEP)),
  ];
};

/** Sections of one kind below their common key, with a blank line between them. */
export const namedLines = (key: string, blocks: readonly Block[]): string[] => [
  `${key}:`,
  ...blocks.flatMap((block, index) => [...(index === 0 ? [] : ['']), ...blockLines(block, STEP)]),
];
