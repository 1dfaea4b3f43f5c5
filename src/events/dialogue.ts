// What does a listener say on its stdout, and what follows from it? READY, RESULT, or a breach of the protocol.

export type ListenerState = 'ACKNOWLEDGED' | 'READY' | 'BUSY' | 'UNKNOWN';

const READY = Buffer.from('READY\n');
/** `RESULT `, which supervisord does not look at. */
const RESULT_WORD = 7;
const NEWLINE = 0x0a;

/** Bytes of a line without an end, and of a result that are kept; both have no use for more. */
const LINE_MOST = 65_536;
const RESULT_MOST = 1024;

export interface Hearing {
  readonly ready: () => void;
  /** The payload of a result, its first KiB when it is longer. */
  readonly result: (payload: Buffer) => void;
  /** A result line without a length; the state is UNKNOWN afterwards. */
  readonly badResult: (line: Buffer) => void;
  readonly changed: (from: ListenerState, to: ListenerState) => void;
}

interface Result {
  /** Bytes still to come. */
  missing: number;
  kept: Buffer;
}

const NOTHING = Buffer.alloc(0);

export class Dialogue {
  readonly #hearing: Hearing;
  #state: ListenerState = 'ACKNOWLEDGED';
  #pending: Buffer = NOTHING;
  #result: Result | null = null;

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
  }

  get state(): ListenerState {
    return this.#state;
  }

  /** A new life. */
  reset(): void {
    this.#state = 'ACKNOWLEDGED';
    this.#pending = NOTHING;
    this.#result = null;
  }

  /** An event is on its way to the listener. */
  sent(): void {
    this.#become('BUSY');
  }

  hear(bytes: Uint8Array): void {
    if (this.#state === 'UNKNOWN') return;
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#step()) if (this.#pending.length === 0 && this.#result?.missing !== 0) return;
  }

  /** False: more bytes are needed. */
  #step(): boolean {
    switch (this.#state) {
      case 'ACKNOWLEDGED':
        return this.#greet();
      case 'READY':
        return this.#pending.length > 0 && this.#breach();
      case 'BUSY':
        return this.#result === null ? this.#beginResult() : this.#fillResult(this.#result);
      case 'UNKNOWN':
        this.#pending = NOTHING;
        return false;
    }
  }

  #greet(): boolean {
    if (this.#pending.length < READY.length) return false;
    if (!this.#pending.subarray(0, READY.length).equals(READY)) return this.#breach();
    this.#pending = this.#pending.subarray(READY.length);
    this.#become('READY');
    // Before anybody can send it an event: what follows READY is no answer to one.
    if (this.#pending.length > 0) return this.#breach();
    this.#hearing.ready();
    return true;
  }

  #beginResult(): boolean {
    const end = this.#pending.indexOf(NEWLINE);
    if (end === -1 && this.#pending.length < LINE_MOST) return false;
    const line = this.#pending.subarray(0, end === -1 ? LINE_MOST : end);
    const length = /^\s*\+?(\d+)\s*$/.exec(line.subarray(RESULT_WORD).toString('latin1'))?.[1];
    if (end === -1 || length === undefined) {
      this.#breach();
      this.#hearing.badResult(line);
      return false;
    }
    this.#pending = this.#pending.subarray(end + 1);
    this.#result = { missing: Number(length), kept: NOTHING };
    return true;
  }

  #fillResult(result: Result): boolean {
    const piece = this.#pending.subarray(0, result.missing);
    this.#pending = this.#pending.subarray(piece.length);
    result.missing -= piece.length;
    const room = RESULT_MOST - result.kept.length;
    result.kept = Buffer.concat([result.kept, piece.subarray(0, room)]);
    if (result.missing > 0) return false;
    this.#result = null;
    this.#become('ACKNOWLEDGED');
    this.#hearing.result(result.kept);
    return true;
  }

  #breach(): false {
    this.#pending = NOTHING;
    this.#result = null;
    this.#become('UNKNOWN');
    return false;
  }

  #become(state: ListenerState): void {
    const from = this.#state;
    this.#state = state;
    this.#hearing.changed(from, state);
  }
}
