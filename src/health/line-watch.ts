// Has a line that matches been written? Hears both streams of one process over all its lives; what it keeps is bounded.

/** Bytes of a line that are looked at; the rest of it is passed over. */
const MAX_BYTES = 4096;
const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

interface Line {
  held: Buffer;
  /** The line is longer than what is looked at. */
  over: boolean;
}

export class LineWatch {
  readonly #matches: (line: string) => boolean;
  readonly #heard: () => void;
  readonly #lines = new Map<string, Line>();
  #seen = false;
  #pid = 0;

  /** `matches` takes time in proportion to the line at most; `heard` is called once a life. */
  constructor(matches: (line: string) => boolean, heard: () => void) {
    this.#matches = matches;
    this.#heard = heard;
  }

  get seen(): boolean {
    return this.#seen;
  }

  /** What comes from now on is of this leader; of a new one nothing has been heard. */
  follow(pid: number): void {
    if (pid === this.#pid) return;
    this.#pid = pid;
    this.#seen = false;
    this.#lines.clear();
  }

  /** The bytes are the caller's again afterwards. */
  hear(stream: string, bytes: Uint8Array): void {
    if (this.#seen) return;
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const line = this.#lines.get(stream) ?? { held: NOTHING, over: false };
    this.#lines.set(stream, line);
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1 && !this.#seen; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(line, chunk.subarray(from, end));
      if (!line.over) this.#look(line.held);
      line.held = NOTHING;
      line.over = false;
      from = end + 1;
    }
    if (!this.#seen) this.#keep(line, chunk.subarray(from));
  }

  /** The beginning of a line that is too long is looked at as soon as it is there. */
  #keep(line: Line, piece: Buffer): void {
    if (line.over) return;
    const room = MAX_BYTES - line.held.length;
    line.held = Buffer.concat([line.held, piece.subarray(0, room)]);
    if (piece.length < room) return;
    line.over = true;
    this.#look(line.held);
  }

  #look(line: Buffer): void {
    if (this.#seen || !this.#matches(line.toString().replace(/\r$/, ''))) return;
    this.#seen = true;
    this.#lines.clear();
    this.#heard();
  }
}
