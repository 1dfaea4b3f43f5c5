// How do lines come to a terminal and keys from it? Plain escape sequences that every terminal of the last forty years knows.

import { emitKeypressEvents } from 'node:readline';
import { painter } from '../terminal.ts';
import type { Line, Size } from './draw.ts';
import type { Key } from './state.ts';

/** A page of its own, and what was there before comes back at the end. */
const ENTER = '\u001B[?1049h\u001B[?25l\u001B[2J';
const LEAVE = '\u001B[?25h\u001B[?1049l';
const CLEAR_REST = '\u001B[0m\u001B[K';

interface Pressed {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
}

export interface Screen {
  readonly size: Size;
  /** Only lines that differ from what is there are written. */
  show(lines: readonly Line[]): void;
  close(): void;
}

export interface Ears {
  readonly key: (key: Key) => void;
  readonly resized: () => void;
}

/** Neither is missing while stdout is a terminal; these are for those that do not know their size. */
const USUAL = { rows: 24, columns: 80 };

const keyOf = (text: string | undefined, { name, sequence, ctrl = false }: Pressed): Key => ({
  name: name ?? sequence ?? '',
  text: text !== undefined && !ctrl && /^[\u0020-\u007E\u00A0-\uFFFF]$/.test(text) ? text : '',
  ctrl,
});

export const openScreen = (color: boolean, { key, resized }: Ears): Screen => {
  const { stdin, stdout } = process;
  const paint = painter(color);
  let there: readonly string[] = [];
  const written = ({ text, style }: Line): string => {
    if (style === undefined) return text;
    return style === 'reverse' ? `\u001B[7m${text}\u001B[0m` : paint(style, text);
  };
  const onKey = (text: string | undefined, pressed: Pressed): void => key(keyOf(text, pressed));
  const onResize = (): void => {
    there = [];
    stdout.write('\u001B[2J');
    resized();
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', onKey).resume();
  stdout.on('resize', onResize);
  stdout.write(ENTER);
  return {
    get size() {
      return { rows: stdout.rows || USUAL.rows, columns: stdout.columns || USUAL.columns };
    },
    show(lines) {
      const now = lines.map(written);
      const news = now.flatMap((line, index) =>
        line === there[index] ? [] : [`\u001B[${index + 1};1H${line}${CLEAR_REST}`],
      );
      there = now;
      if (news.length > 0) stdout.write(news.join(''));
    },
    close() {
      stdin.off('keypress', onKey).pause();
      stdin.setRawMode(false);
      stdout.off('resize', onResize);
      stdout.write(LEAVE);
    },
  };
};
