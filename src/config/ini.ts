// What do the lines of a supervisord ini file say? Python's RawConfigParser, non-strict, to the quirk.

import type { Problem } from '../model/problem.ts';
import { isBlank, skipBlanks, strip, stripEnd } from './blanks.ts';
import { HERE, problemAt, sectionOf } from './draft.ts';
import type { Draft, Entries, Entry } from './draft.ts';
import { SECTIONS } from './keys.ts';

/** Problems named one by one; a file that is no ini file at all has one on every line. */
const MAX_PROBLEMS = 20;

const nextMark = (line: string, mark: string, from: number): number =>
  from < 0 ? -1 : line.indexOf(mark, from);

const opensComment = (line: string, at: number): boolean =>
  at === 0 || (at > 0 && isBlank(line.charCodeAt(at - 1)));

/**
 * Where the comment of a line starts, or -1. Both marks are followed in step, each to its next occurrence, and the first
 * round in which one follows a blank decides: a later `;` can win over an earlier ` #`.
 */
export const commentStart = (line: string): number => {
  let semicolon = line.indexOf(';');
  let hash = line.indexOf('#');
  while (semicolon !== -1 || hash !== -1) {
    const starts = [semicolon, hash].filter((at) => opensComment(line, at));
    if (starts.length > 0) return Math.min(...starts);
    semicolon = semicolon === -1 ? -1 : nextMark(line, ';', semicolon + 1);
    hash = hash === -1 ? -1 : nextMark(line, '#', hash + 1);
  }
  return -1;
};

/** The name between the first bracket and the last one, or null. */
export const headerOf = (text: string): string | null => {
  if (!text.startsWith('[')) return null;
  const end = text.lastIndexOf(']');
  return end > 1 ? text.slice(1, end) : null;
};

const optionOf = (text: string): { readonly key: string; readonly value: string } | null => {
  const at = text.search(/[=:]/);
  if (at === -1) return null;
  const key = stripEnd(text.slice(0, at)).toLowerCase();
  return key === '' ? null : { key, value: strip(text.slice(at + 1)) };
};

/** Nearly every line with a value: a key at the margin, no mark of a comment in its value, perhaps a comment behind it. */
const PLAIN =
  /([a-z][a-z0-9_.]*)[ \t]*[=:][ \t]*((?:[!"$-:<-~](?:[\t !"$-:<-~]*[!"$-:<-~])?)?)[ \t]*(?:[ \t][;#].*)?(?:\n|$)/y;

/** The same without blanks around `=` and without a comment, whose parts need no capture: most lines of most files. */
const BARE = /[a-z][a-z0-9_.]*=[!"$-:<-~](?:[\t !"$-:<-~]*[!"$-:<-~])?\n/y;

/** Nearly every header. */
const HEADER = /\[([\w:.-]+)\][ \t]*(?:\n|$)/y;

const BRACKET = 0x5b;
const LETTER_A = 0x61;

/** Each known key as one text, however many lines have it: maps find those at once. */
const KEYS: ReadonlyMap<string, string> = new Map(
  Object.values(SECTIONS).flatMap((rows) => Object.keys(rows).map((key) => [key, key])),
);

const matchAt = (shape: RegExp, text: string, at: number): RegExpExecArray | null => {
  shape.lastIndex = at;
  return shape.exec(text);
};

/** Reads lines of one file into a draft that may hold other files' sections already. */
class IniReader {
  readonly problems: Problem[] = [];
  /** Values of the file that have %(here)s in them. */
  readonly here: Entry[] = [];
  private entries: Entries | null = null;
  /** The value that an indented line goes on with, and its lines once there are several. */
  private open: Entry | null = null;
  private text = '';
  private pieces: string[] | null = null;
  /** Empty lines behind it, which count only when the value goes on. */
  private empty = 0;
  private indent = 0;
  private readonly draft: Draft;
  private readonly file: string;

  constructor(draft: Draft, file: string) {
    this.draft = draft;
    this.file = file;
  }

  /** False when reading further makes no sense. */
  line(line: string, number: number): boolean {
    const first = skipBlanks(line, 0);
    const mark = line[first];
    if (mark === ';' || mark === '#') return true;
    const comment = commentStart(line);
    const value = strip(comment === -1 ? line : line.slice(0, comment));
    if (value === '') {
      if (comment === -1) this.empty += 1;
      return true;
    }
    if (this.open !== null && first > this.indent) {
      this.more(value);
      return true;
    }
    this.indent = first;
    return this.statement(value, number);
  }

  private more(piece: string): void {
    if (this.open === null) return;
    this.pieces ??= [this.text];
    for (; this.empty > 0; this.empty -= 1) this.pieces.push('');
    this.pieces.push(piece);
  }

  close(): void {
    if (this.open !== null && this.pieces !== null) {
      const raw = stripEnd(this.pieces.join('\n'));
      this.open.raw = raw;
      if (raw.includes(HERE)) this.here.push(this.open);
    }
    this.open = null;
    this.pieces = null;
    this.empty = 0;
  }

  private statement(text: string, number: number): boolean {
    const header = headerOf(text);
    if (header !== null) {
      this.header(header, number);
      return true;
    }
    if (this.entries === null) {
      this.refuse(number, `cannot read '${clip(text)}': no [section] before it`, 'start with [supervisord]');
      return false;
    }
    const option = optionOf(text);
    if (option === null) {
      this.refuse(number, `cannot read '${clip(text)}': not key=value`, 'a comment starts with ; or #');
      return this.problems.length < MAX_PROBLEMS;
    }
    this.option(option.key, option.value, number);
    return true;
  }

  private header(name: string, line: number): void {
    this.close();
    this.entries = this.section(name, line);
  }

  /** A key and its value. */
  private option(key: string, value: string, line: number): void {
    if (this.pieces !== null) this.close();
    this.empty = 0;
    const entry: Entry = { raw: value, file: this.file, line, column: 0 };
    // Set anew, not replaced: but a key keeps the place of its first appearance, as in Python's dictionaries.
    this.entries?.set(KEYS.get(key) ?? key, entry);
    if (value.includes(HERE)) this.here.push(entry);
    this.open = entry;
    this.text = value;
  }

  /** Reads the line that starts at `at` when it is a plain one: answers where the next starts, or -1. */
  plainLine(text: string, at: number, number: number): number {
    const first = text.charCodeAt(at);
    const next =
      first === BRACKET
        ? this.plainHeader(text, at, number)
        : this.entries === null || first < LETTER_A
          ? -1
          : this.plainOption(text, at, number);
    if (next !== -1) this.indent = 0;
    return next;
  }

  private plainHeader(text: string, at: number, number: number): number {
    const match = matchAt(HEADER, text, at);
    if (match === null) return -1;
    this.header(match[1] ?? '', number);
    return HEADER.lastIndex;
  }

  private plainOption(text: string, at: number, number: number): number {
    BARE.lastIndex = at;
    if (BARE.test(text)) {
      const equals = text.indexOf('=', at);
      this.option(text.slice(at, equals), text.slice(equals + 1, BARE.lastIndex - 1), number);
      return BARE.lastIndex;
    }
    const match = matchAt(PLAIN, text, at);
    if (match === null) return -1;
    this.option(match[1] ?? '', match[2] ?? '', number);
    return PLAIN.lastIndex;
  }

  private section(header: string, line: number): Entries {
    if (header === 'DEFAULT') return this.draft.defaults;
    return sectionOf(this.draft, header, { file: this.file, line, column: 0 }).entries;
  }

  private refuse(line: number, message: string, hint: string): void {
    this.problems.push(problemAt({ file: this.file, line, column: 0 }, { message, hint }));
  }
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** Adds what `text` says to the draft, as readIni, and tells which of its values have %(here)s in them. */
export const readIniSections = (
  draft: Draft,
  file: string,
  text: string,
): { readonly problems: readonly Problem[]; readonly here: readonly Entry[] } => {
  const reader = new IniReader(draft, file);
  const page = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
  let at = 0;
  for (let number = 1; at < page.length; number += 1) {
    const next = reader.plainLine(page, at, number);
    if (next !== -1) {
      at = next;
      continue;
    }
    const found = page.indexOf('\n', at);
    const end = found === -1 ? page.length : found;
    if (!reader.line(page.slice(at, end), number)) break;
    at = end + 1;
  }
  reader.close();
  return { problems: reader.problems, here: reader.here };
};

/** Adds what `text` says to the draft: sections merge, the last value of a key wins. Returns the lines it cannot read. */
export const readIni = (draft: Draft, file: string, text: string): readonly Problem[] =>
  readIniSections(draft, file, text).problems;
