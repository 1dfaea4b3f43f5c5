// How does a program's output become events? Whole characters, and the pid of the leader that wrote them.

import type { ProcessName } from '../model/event.ts';
import type { Channel, Heard } from './note.ts';
import { textOf, unfinished } from './text.ts';

const NOTHING = new Uint8Array(0);

/** One stream of one process, over all its lives. */
export class OutputDecoder {
  readonly #process: ProcessName;
  readonly #channel: Channel;
  #pid = 0;
  #held: Uint8Array = NOTHING;

  constructor(process: ProcessName, channel: Channel) {
    this.#process = process;
    this.#channel = channel;
  }

  /** The leader whose output comes from now on. */
  follow(pid: number): void {
    this.#pid = pid;
  }

  /** Null: not one whole character yet. */
  piece(bytes: Uint8Array): Heard | null {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const whole = all.length - unfinished(all);
    this.#held = whole === all.length ? NOTHING : Buffer.from(all.subarray(whole));
    return whole === 0 ? null : this.#heard(all.subarray(0, whole));
  }

  /** What stood between two tokens. */
  whole(bytes: Uint8Array): Heard {
    return this.#heard(bytes);
  }

  /** Null: nothing was held back. Call it when the leader has ended. */
  end(): Heard | null {
    const held = this.#held;
    this.#held = NOTHING;
    return held.length === 0 ? null : this.#heard(held);
  }

  #heard(bytes: Uint8Array): Heard {
    return { process: this.#process, pid: this.#pid, channel: this.#channel, text: textOf(bytes) };
  }
}
