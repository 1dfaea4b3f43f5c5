// What does a YAML text say? A tree of texts, lists and maps, each with its place; the one file that knows the library.

import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, stringify, visit } from 'yaml';
import type { Document } from 'yaml';
import type { Problem } from '../model/problem.ts';
import { problemAt } from './draft.ts';
import type { Origin } from './draft.ts';
import { shown } from './refusal.ts';

export interface Field {
  readonly keyAt: Origin;
  readonly value: Tree;
}

export type Tree =
  | { readonly kind: 'empty'; readonly at: Origin }
  /** The text as written, so that 022 stays octal; quoted and block texts without their quotes. */
  | { readonly kind: 'text'; readonly at: Origin; readonly text: string }
  | { readonly kind: 'list'; readonly at: Origin; readonly items: readonly Tree[] }
  | { readonly kind: 'map'; readonly at: Origin; readonly fields: ReadonlyMap<string, Field> };

/** Bounds: of the text, of the tree with every alias followed, and of its depth. */
const MAX_LENGTH = 1024 * 1024;
const MAX_NODES = 200_000;
const MAX_DEPTH = 20;
const MAX_PROBLEMS = 20;

class TooMuch extends Error {}

/** What each alias stands for: the last node of that name before it. The library would look through the whole document for each of them. */
const targetsOf = (document: Document): ReadonlyMap<unknown, unknown> => {
  const named = new Map<string, unknown>();
  const targets = new Map<unknown, unknown>();
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) targets.set(node, named.get(node.source));
      else if (node.anchor !== undefined) named.set(node.anchor, node);
    },
  });
  return targets;
};

/** Walks one parsed document. */
class Walk {
  readonly problems: Problem[] = [];
  private nodes = 0;
  private readonly targets: ReadonlyMap<unknown, unknown>;
  private readonly file: string;
  private readonly lines: LineCounter;

  constructor(document: Document, file: string, lines: LineCounter) {
    this.targets = targetsOf(document);
    this.file = file;
    this.lines = lines;
  }

  origin(offset: number | undefined): Origin {
    const { line, col } = this.lines.linePos(offset ?? 0);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  tree(node: unknown, depth = 0): Tree {
    this.nodes += 1;
    if (this.nodes > MAX_NODES || depth > MAX_DEPTH) throw new TooMuch();
    if (isAlias(node)) return this.tree(this.targets.get(node), depth + 1);
    const at = this.origin(isNode(node) ? node.range?.[0] : 0);
    if (isMap(node)) return { kind: 'map', at, fields: this.fields(node.items, depth) };
    if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => this.tree(item, depth + 1)) };
    if (!isScalar(node) || node.value === null) return { kind: 'empty', at };
    return { kind: 'text', at, text: typeof node.value === 'string' ? node.value : (node.source ?? '') };
  }

  private fields(
    items: readonly { key: unknown; value: unknown }[],
    depth: number,
  ): ReadonlyMap<string, Field> {
    const own = new Map<string, Field>();
    const merged = new Map<string, Field>();
    for (const { key, value } of items) {
      const name = this.tree(key, depth + 1);
      if (name.kind !== 'text') {
        this.problems.push(problemAt(name.at, { message: 'cannot read this key: it is not a text' }));
      } else if (name.text === '<<') {
        for (const [inherited, field] of this.merge(value, depth))
          if (!merged.has(inherited)) merged.set(inherited, field);
      } else if (own.has(name.text)) {
        const message = `cannot read ${shown(name.text)}: it is here twice`;
        this.problems.push(problemAt(name.at, { key: name.text, message, hint: 'keep one of them' }));
      } else own.set(name.text, { keyAt: name.at, value: this.tree(value, depth + 1) });
    }
    return new Map([...merged, ...own]);
  }

  private merge(value: unknown, depth: number): [string, Field][] {
    const tree = this.tree(value, depth + 1);
    if (tree.kind === 'map') return [...tree.fields];
    if (tree.kind === 'list')
      return tree.items.flatMap((item) => (item.kind === 'map' ? [...item.fields] : []));
    this.problems.push(problemAt(tree.at, { key: '<<', message: 'cannot merge: this is not a map' }));
    return [];
  }
}

export type Parsed =
  | { readonly tree: Tree; readonly problems: readonly Problem[] }
  | { readonly tree: null; readonly problems: readonly Problem[] };

const tooMuch = (file: string, reason: string): Parsed => ({
  tree: null,
  problems: [
    problemAt(
      { file, line: 0, column: 0 },
      { message: `cannot read this YAML: ${reason}`, hint: 'split it with include' },
    ),
  ],
});

const parse = (file: string, text: string): Parsed => {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    keepSourceTokens: false,
  });
  const walk = new Walk(document, file, lines);
  if (document.errors.length > 0) {
    const problems = document.errors
      .slice(0, MAX_PROBLEMS)
      .map((error) =>
        problemAt(walk.origin(error.pos[0]), { message: `cannot read this YAML: ${error.message}` }),
      );
    return { tree: null, problems };
  }
  const tree = walk.tree(document.contents);
  return { tree, problems: walk.problems.slice(0, MAX_PROBLEMS) };
};

/** Reads one YAML document. Never throws, and stops at its bounds. */
export const parseYaml = (file: string, text: string): Parsed => {
  if (text.length > MAX_LENGTH) return tooMuch(file, 'it is larger than 1 MiB');
  try {
    return parse(file, text);
  } catch (error) {
    if (error instanceof TooMuch)
      return tooMuch(file, 'it is too large or too deep once its aliases are followed');
    // The library recurses: a text nested a hundred thousand deep exhausts the stack.
    if (error instanceof RangeError) return tooMuch(file, 'it is nested too deep');
    throw error;
  }
};

/** Plain data as YAML. */
export const writeYaml = (data: unknown): string => stringify(data, { lineWidth: 110 });

/** The same for readers of YAML 1.1, to whom an unquoted `yes`, `0644` or `1:30` is no text. */
export const writeOldYaml = (data: unknown): string => stringify(data, { lineWidth: 110, version: '1.1' });
