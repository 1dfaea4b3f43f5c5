// Which comments of an ini file describe which of its lines?

import { skipBlanks, strip } from './blanks.ts';
import { commentStart, headerOf } from './ini.ts';

/** What is said about one line with a header or a key. */
interface Remarks {
  /** The lines above it, each with its `#`. */
  readonly above: string[];
  /** Behind it on its line, or null. */
  readonly behind: string | null;
}

interface Header extends Remarks {
  readonly section: string;
  /** What stands below the last key of the section. */
  readonly below: string[];
}

export interface FileComments {
  /** What stands on top of the file, apart from its first section. */
  readonly top: readonly string[];
  /** By the number of the line, from 1. */
  readonly keys: ReadonlyMap<number, Remarks>;
  readonly headers: readonly Header[];
}

/** `;; text` becomes `## text`. */
const asYaml = (comment: string): string =>
  strip(comment).replace(/^[;#]+/, (marks) => '#'.repeat(marks.length));

/** Comments that no line has claimed yet; an empty string for blank lines between them. */
class Pending {
  private lines: string[] = [];

  add(line: string): void {
    if (line !== '' || this.lines.length > 0) this.lines.push(line);
  }

  /** All of them. */
  take(): string[] {
    const all = this.lines.filter((line) => line !== '');
    this.lines = [];
    return all;
  }

  /** Those that touch the line below, and those before the last blank line. */
  split(): { readonly before: string[]; readonly touching: string[] } {
    const gap = this.lines.lastIndexOf('');
    const before = this.lines.slice(0, gap + 1).filter((line) => line !== '');
    const touching = this.lines.slice(gap + 1);
    this.lines = [];
    return { before, touching };
  }
}

class CommentReader {
  readonly top: string[] = [];
  readonly keys = new Map<number, Remarks>();
  readonly headers: Header[] = [];
  private readonly pending = new Pending();
  /** The key that an indented line goes on with. */
  private open: Remarks | null = null;
  private indent = 0;

  line(line: string, number: number): void {
    const first = skipBlanks(line, 0);
    if (first === line.length) return this.pending.add('');
    if (line[first] === ';' || line[first] === '#') return this.pending.add(asYaml(line));
    const comment = commentStart(line);
    const behind = comment === -1 ? null : asYaml(line.slice(comment));
    if (this.open !== null && first > this.indent) {
      this.open.above.push(...this.pending.take(), ...(behind === null ? [] : [behind]));
      return undefined;
    }
    this.indent = first;
    return this.statement(strip(comment === -1 ? line : line.slice(0, comment)), { number, behind });
  }

  end(): void {
    this.below().push(...this.pending.take());
  }

  private statement(text: string, at: { readonly number: number; readonly behind: string | null }): void {
    const section = headerOf(text);
    if (section === null) {
      this.open = { above: this.pending.take(), behind: at.behind };
      this.keys.set(at.number, this.open);
      return;
    }
    const { before, touching } = this.pending.split();
    this.below().push(...before);
    this.headers.push({ section, above: touching, behind: at.behind, below: [] });
    this.open = null;
  }

  private below(): string[] {
    return this.headers.at(-1)?.below ?? this.top;
  }
}

export const commentsOf = (text: string): FileComments => {
  const reader = new CommentReader();
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) reader.line(line, index + 1);
  reader.end();
  return reader;
};
