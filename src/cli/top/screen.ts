// How do lines come to a terminal and keys from it? Plain escape sequences that every terminal of the last forty years knows.

import { emitKeypressEvents } from 'node:readline';
import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { painter } from '../text/terminal.ts';
import type { Line, Size } from './draw.ts';
import { createMouse, MOUSE_OFF, MOUSE_ON, type Pointing } from './mouse.ts';
import type { Key } from './state.ts';

/** A page of its own, and what was there before comes back at the end. */
const ENTER = '\u001B[?1049h\u001B[?25l\u001B[2J';
const LEAVE = `${MOUSE_OFF}\u001B[?25h\u001B[?1049l`;
const CLEAR_REST = '\u001B[0m\u001B[K';

interface Pressed {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
}

export interface Screen {
  readonly size: Size;
  /** Only lines that differ from what is there are written. */
  show(lines: readonly Line[]): void;
  /** While it is on, the terminal does not mark text itself. */
  mouse(on: boolean): void;
  close(): void;
}

export interface Ears {
  readonly key: (key: Key) => void;
  readonly pointed: (pointing: Pointing) => void;
  readonly resized: () => void;
}

/** Neither is missing while stdout is a terminal; these are for those that do not know their size. */
const USUAL = { rows: 24, columns: 80 };

/** readline names capitals as their small letters. */
const keyOf = (
  text: string | undefined,
  { name, sequence = '', ctrl = false, shift = false }: Pressed,
): Key => ({
  name: shift && name?.length === 1 ? sequence : (name ?? sequence),
  text: text !== undefined && !ctrl && /^[\u0020-\u007E\u00A0-\uFFFF]$/.test(text) ? text : '',
  ctrl,
});

/** Keys go to readline, which would read a report of the mouse as keys. */
const listen = ({ key, pointed }: Ears): (() => void) => {
  const { stdin } = process;
  const keys = new PassThrough();
  const takeApart = createMouse();
  const decoder = new StringDecoder('utf8');
  const onData = (bytes: Buffer): void => {
    const { keys: typed, pointings } = takeApart(decoder.write(bytes));
    if (typed !== '') keys.write(typed);
    pointings.forEach(pointed);
  };
  emitKeypressEvents(keys);
  keys.on('keypress', (text: string | undefined, pressed: Pressed) => key(keyOf(text, pressed)));
  stdin.setRawMode(true);
  stdin.on('data', onData).resume();
  return () => {
    stdin.off('data', onData).pause();
    stdin.setRawMode(false);
  };
};

export const openScreen = (color: boolean, ears: Ears): Screen => {
  const { stdout } = process;
  const paint = painter(color);
  let there: readonly string[] = [];
  const written = ({ text, style }: Line): string => {
    if (style === undefined) return text;
    return style === 'reverse' ? `\u001B[7m${text}\u001B[0m` : paint(style, text);
  };
  const onResize = (): void => {
    there = [];
    stdout.write('\u001B[2J');
    ears.resized();
  };
  const leave = listen(ears);
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
    mouse(on) {
      stdout.write(on ? MOUSE_ON : MOUSE_OFF);
    },
    close() {
      leave();
      stdout.off('resize', onResize);
      stdout.write(LEAVE);
    },
  };
};
