// Which clicks and turns of the wheel does a terminal tell between the keys? The way of xterm that all others know (SGR, 1006).

export type Pointing =
  | { readonly kind: 'click'; readonly row: number; readonly column: number }
  | { readonly kind: 'wheelup' | 'wheeldown' };

/** Clicks only, not every move; with places beyond column 223. */
export const MOUSE_ON = '\u001B[?1000h\u001B[?1006h';
export const MOUSE_OFF = '\u001B[?1006l\u001B[?1000l';

// oxlint-disable-next-line no-control-regex
const REPORT = /\u001B\[<(\d+);(\d+);(\d+)([Mm])/g;
// oxlint-disable-next-line no-control-regex
const BEGUN = /\u001B\[<[\d;]{0,16}$/;
const LEFT = '0';
const WHEEL: Readonly<Record<string, 'wheelup' | 'wheeldown'>> = { 64: 'wheelup', 65: 'wheeldown' };

const pointingOf = ([, button = '', column = '', row = '', end]: RegExpExecArray): Pointing | null => {
  const kind = WHEEL[button];
  if (kind !== undefined) return { kind };
  return button === LEFT && end === 'M' ? { kind: 'click', row: Number(row), column: Number(column) } : null;
};

/** Takes what the terminal sends apart: reports of the mouse, and all else, which is keys. */
export const createMouse = (): ((text: string) => {
  readonly keys: string;
  readonly pointings: readonly Pointing[];
}) => {
  let rest = '';
  return (text) => {
    const whole = rest + text;
    rest = BEGUN.exec(whole)?.[0] ?? '';
    const complete = whole.slice(0, whole.length - rest.length);
    const pointings = [...complete.matchAll(REPORT)].map(pointingOf).filter((one) => one !== null);
    return { keys: complete.replaceAll(REPORT, ''), pointings };
  };
};
