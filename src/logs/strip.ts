// Which bytes of a program's output are terminal colours? supervisord's strip_ansi, the same however the output is cut into pieces.

const ESCAPE = 0x1b;
const BRACKET = 0x5b;

/** Bytes that end a sequence which began with ESC `[`. */
const ENDS: ReadonlySet<number> = new Set(Buffer.from('HfABCDRsuJKhlpm'));

const NOTHING = new Uint8Array(0);

/** Removes ESC `[` up to and including the first ending byte; other escapes stay. Keeps its place between two pieces. */
export class Stripper {
  /** 'escape': an ESC is held back until the next byte says what it is. */
  #where: 'text' | 'escape' | 'sequence' = 'text';

  /** The text of a piece: the piece itself when there is nothing to remove. */
  strip(bytes: Uint8Array): Uint8Array {
    if (this.#where === 'text' && !bytes.includes(ESCAPE)) return bytes;
    const text = Buffer.allocUnsafe(bytes.length + 1);
    let length = 0;
    for (const byte of bytes) {
      if (this.#where === 'escape' && byte !== BRACKET) {
        text[length] = ESCAPE;
        length += 1;
      }
      if (this.#where === 'text' || (this.#where === 'escape' && byte !== BRACKET)) {
        this.#where = byte === ESCAPE ? 'escape' : 'text';
        if (byte !== ESCAPE) {
          text[length] = byte;
          length += 1;
        }
      } else if (this.#where === 'escape') this.#where = 'sequence';
      else if (ENDS.has(byte)) this.#where = 'text';
    }
    return text.subarray(0, length);
  }

  /** What is still held back when no more pieces come. */
  end(): Uint8Array {
    const held = this.#where === 'escape' ? Uint8Array.of(ESCAPE) : NOTHING;
    this.#where = 'text';
    return held;
  }
}
