// Which part of a program's output is a message to the supervisor? supervisord's capture mode, however the output is cut.

const BEGIN = Buffer.from('<!--XSUPERVISOR:BEGIN-->');
const END = Buffer.from('<!--XSUPERVISOR:END-->');
const NOTHING = Buffer.alloc(0);

/** Length of the longest end of `bytes` that `token` begins with. */
const begun = (bytes: Buffer, token: Buffer): number => {
  for (let length = Math.min(bytes.length, token.length - 1); length > 0; length -= 1)
    if (bytes.subarray(bytes.length - length).equals(token.subarray(0, length))) return length;
  return 0;
};

export interface TokenEars {
  readonly plain: (bytes: Uint8Array) => void;
  /** The last `most` bytes of what stood between the two tokens. */
  readonly captured: (bytes: Uint8Array) => void;
}

/** Holds back only what may be the beginning of a token. */
export class Tokens {
  readonly #most: number;
  readonly #ears: TokenEars;
  #held: Buffer = NOTHING;
  /** Null outside of a message. */
  #message: Buffer | null = null;

  constructor(most: number, ears: TokenEars) {
    this.#most = most;
    this.#ears = ears;
  }

  read(bytes: Uint8Array): void {
    let rest = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    for (;;) {
      const token = this.#message === null ? BEGIN : END;
      const at = rest.indexOf(token);
      if (at === -1) {
        const held = begun(rest, token);
        this.#take(rest.subarray(0, rest.length - held));
        this.#held = Buffer.from(rest.subarray(rest.length - held));
        return;
      }
      this.#take(rest.subarray(0, at));
      this.#turn();
      rest = rest.subarray(at + token.length);
    }
  }

  /** The leader has ended: what was held back is no token. A message without an end is none. */
  end(): void {
    const held = this.#held;
    this.#held = NOTHING;
    this.#take(held);
    this.#message = null;
  }

  #take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#message === null) this.#ears.plain(bytes);
    else {
      const all = Buffer.concat([this.#message, bytes]);
      this.#message = all.subarray(Math.max(0, all.length - this.#most));
    }
  }

  #turn(): void {
    const message = this.#message;
    this.#message = message === null ? NOTHING : null;
    if (message !== null) this.#ears.captured(message);
  }
}
