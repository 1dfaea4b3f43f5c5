// Where do words for people go, and may they have colours?

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

export interface Terminal {
  /** One line, or several with line breaks between them, to stdout. */
  out(text: string): void;
  err(text: string): void;
  /** As it is, to stdout: a prompt, a stream. */
  write(text: string | Uint8Array): void;
  readonly color: boolean;
  /** Width of stdout now; null when it is no terminal. */
  readonly columns: number | null;
  /** Its height now; null when it is no terminal. */
  readonly rows: number | null;
  /** Whether whoever read stdout has gone away: nothing more need be said. */
  gone(): boolean;
}

const CODES: Readonly<Record<Style, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
};

export type Paint = (style: Style, text: string) => string;

export const painter =
  (color: boolean): Paint =>
  (style, text) =>
    color && text !== '' ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text;

const wantsColor = (environment: NodeJS.ProcessEnv, isTty: boolean): boolean =>
  isTty && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';

/** Of a terminal that does not know its size: it says 0. */
const USUAL = { columns: 80, rows: 24 };

/** The process's own terminal. A reader that has gone away (`| head`) is no error. */
export const openTerminal = (): Terminal => {
  let gone = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      gone = true;
    });
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    write: (text) => void process.stdout.write(text),
    color: wantsColor(process.env, process.stdout.isTTY),
    get columns() {
      return process.stdout.isTTY ? process.stdout.columns || USUAL.columns : null;
    },
    get rows() {
      return process.stdout.isTTY ? process.stdout.rows || USUAL.rows : null;
    },
    gone: () => gone,
  };
};
