// How is each line of a log told with its time, its process, its stream and its pid?

import type { ProcessName } from '../model/event.ts';
import type { LogFormat } from '../model/plan.ts';
import { stamp } from './journal.ts';
import type { Failure, LogClock, Sink } from './sink.ts';

/** Bytes of a line that are waited for; what is longer is told in pieces. */
const MAX_BYTES = 65_536;
const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

export interface LinesOptions {
  readonly sink: Sink;
  readonly format: Exclude<LogFormat, 'raw'>;
  readonly process: ProcessName;
  readonly stream: 'stdout' | 'stderr';
  readonly clock: LogClock;
}

/** One line of a log as JSON; keys in this order. A program's bytes that are no UTF-8 become U+FFFD. */
interface Row {
  readonly time: string;
  readonly group: string;
  readonly process: string;
  readonly stream: string;
  readonly pid: number;
  readonly line: string;
}

/** A sink that knows where lines begin. Raw bytes in, whole lines out. */
export class Lines implements Sink {
  readonly #options: LinesOptions;
  #pid = 0;
  #held: Buffer = NOTHING;

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  get failure(): Failure | null {
    return this.#options.sink.failure;
  }

  follow(pid: number): void {
    this.#pid = pid;
  }

  ready(call: () => void): void {
    this.#options.sink.ready(call);
  }

  write(bytes: Uint8Array): boolean {
    const all =
      this.#held.length === 0
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        : Buffer.concat([this.#held, bytes]);
    const end = all.lastIndexOf(NEWLINE) + 1;
    const rest = all.length - end > MAX_BYTES ? all.length : end;
    this.#held = Buffer.from(all.subarray(rest));
    return rest === 0 || this.#tell(all.subarray(0, rest));
  }

  /** The leader has ended: its last line may have no end. */
  end(): void {
    const held = this.#held;
    this.#held = NOTHING;
    if (held.length > 0) this.#tell(held);
  }

  #tell(lines: Buffer): boolean {
    const at = this.#options.clock.wall();
    const mark = this.#options.format === 'text' ? this.#textMark(at) : null;
    const told: Buffer[] = [];
    for (let from = 0; from < lines.length;) {
      const found = lines.indexOf(NEWLINE, from);
      const to = found === -1 ? lines.length : found;
      const line = lines.subarray(from, to);
      if (mark === null) told.push(Buffer.from(this.#json(line, at)));
      else told.push(mark, line, LINE_END);
      from = to + 1;
    }
    return this.#options.sink.write(Buffer.concat(told));
  }

  #textMark(at: number): Buffer {
    const { process, stream } = this.#options;
    return Buffer.from(`${stamp(at)} ${process.name} ${stream} ${this.#pid} | `);
  }

  #json(line: Buffer, at: number): string {
    const { process, stream } = this.#options;
    const row: Row = {
      time: new Date(at).toISOString(),
      group: process.group,
      process: process.name,
      stream,
      pid: this.#pid,
      line: line.toString(),
    };
    return `${JSON.stringify(row)}\n`;
  }
}

const LINE_END = Buffer.from('\n');
