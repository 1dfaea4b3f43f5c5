// What does tsvisor say of itself, in which form, and where to? Lines in supervisord's form, or JSON by pino.

import { createRequire } from 'node:module';
import type { Logger } from 'pino';
import type { ProcessName } from '../model/event.ts';
import type { SupervisorPlan } from '../model/plan.ts';
import type { LogClock, Sink } from './sink.ts';

export type Level = SupervisorPlan['loglevel'];

/** supervisord's numbers and words. */
const NUMBERS: Readonly<Record<Level, number>> = {
  critical: 50,
  error: 40,
  warn: 30,
  info: 20,
  debug: 10,
  trace: 5,
  blather: 3,
};

const WORDS: Readonly<Record<Level, string>> = {
  critical: 'CRIT',
  error: 'ERRO',
  warn: 'WARN',
  info: 'INFO',
  debug: 'DEBG',
  trace: 'TRAC',
  blather: 'BLAT',
};

/** One thing said. Never an environment: its values may be secrets. */
export interface Line {
  readonly level: Level;
  readonly text: string;
  /** Whom it is about; a field of its own in JSON. */
  readonly process: ProcessName | null;
}

/** `at` in milliseconds since the epoch; the result ends in a newline. */
type Form = (line: Line, at: number) => string;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `YYYY-MM-DD HH:MM:SS,mmm` in local time. */
export const stamp = (at: number): string => {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
  const time = `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`;
  return `${day} ${time},${pad(date.getMilliseconds(), 3)}`;
};

const asText: Form = ({ level, text }, at) => `${stamp(at)} ${WORDS[level]} ${text}\n`;

/** Loads pino, which costs 16 ms and 2 MB: only those who ask for JSON pay. */
const makeJson = (): Form => {
  const { pino }: typeof import('pino') = createRequire(import.meta.url)('pino');
  let moment = 0;
  let written = '';
  const logger: Logger<Level> = pino(
    {
      level: 'blather',
      customLevels: { ...NUMBERS },
      useOnlyCustomLevels: true,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(moment).toISOString()}"`,
    },
    { write: (text: string) => (written = text) },
  );
  return ({ level, text, process }, at) => {
    moment = at;
    logger[level](process ?? {}, text);
    return written;
  };
};

export interface JournalOptions {
  /** The least level that is written. */
  readonly level: Level;
  readonly form: 'text' | 'json';
  /** Main log, terminal: none, one or both. */
  readonly sinks: readonly Sink[];
  readonly clock: LogClock;
}

/** Lines kept until pino is loaded. */
const WAITING = 1000;

/** Each line is in its sinks when `say` returns, but for the first JSON ones: those wait for pino, and `flush` ends the wait. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #waiting: { readonly line: Line; readonly at: number }[] = [];
  #form: Form | null;
  #level: number;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#form = options.form === 'text' ? asText : null;
    this.#level = NUMBERS[options.level];
    if (this.#form === null) setImmediate(() => this.flush());
  }

  says(level: Level): boolean {
    return NUMBERS[level] >= this.#level;
  }

  say(level: Level, text: string, process: ProcessName | null = null): void {
    if (!this.says(level)) return;
    const line = { level, text, process };
    const at = this.#options.clock.wall();
    if (this.#form !== null) this.#write(this.#form(line, at));
    else if (this.#waiting.push({ line, at }) >= WAITING) this.flush();
  }

  /** Call it on every way out. */
  flush(): void {
    this.#form ??= makeJson();
    for (const { line, at } of this.#waiting.splice(0)) this.#write(this.#form(line, at));
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    for (const sink of this.#options.sinks) sink.write(bytes);
  }
}
