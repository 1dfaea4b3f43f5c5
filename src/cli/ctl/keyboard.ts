// How are lines read from whoever types, or from what is piped in, one at a time and with a prompt?

import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';

export interface KeyboardOptions {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
  /** Oldest first. */
  readonly history?: readonly string[];
  readonly complete?: (line: string) => Promise<readonly [readonly string[], string]>;
}

const MAX_HISTORY = 1000;

/** Passes everything on except while a secret is typed. */
class Echo extends Writable {
  hidden = false;
  readonly #output: NodeJS.WritableStream;

  constructor(output: NodeJS.WritableStream) {
    super();
    this.#output = output;
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    if (!this.hidden) this.#output.write(chunk);
    done();
  }
}

/** Opened by the first reading. */
export class Keyboard {
  readonly #options: KeyboardOptions;
  readonly #echo: Echo;
  #lines: Interface | null = null;
  readonly #typed: string[] = [];
  #history: readonly string[];
  #ended = false;
  #interrupted = false;
  #wake: (() => void) | null = null;
  readonly #interrupts = new Set<() => void>();

  constructor(options: KeyboardOptions) {
    this.#options = options;
    this.#echo = new Echo(options.output);
    this.#history = options.history ?? [];
  }

  /** What was typed in this and earlier sessions, oldest first. */
  get history(): readonly string[] {
    return this.#history;
  }

  /** Null at the end of input and at Ctrl-C. */
  async read(prompt: string): Promise<string | null> {
    const lines = this.#open();
    lines.setPrompt(prompt);
    if (!this.#ended) lines.prompt();
    else this.#options.output.write(prompt);
    this.#interrupted = false;
    while (this.#typed.length === 0 && !this.#ended && !this.#interrupted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#typed.shift() ?? null;
  }

  async readSecret(prompt: string): Promise<string | null> {
    this.#open();
    this.#options.output.write(prompt);
    this.#echo.hidden = true;
    try {
      return await this.read('');
    } finally {
      this.#echo.hidden = false;
    }
  }

  /** Calls back at Ctrl-C instead of ending; answers how to stop that. */
  onInterrupt(act: () => void): () => void {
    this.#interrupts.add(act);
    if (this.#lines === null) process.on('SIGINT', act);
    return () => {
      this.#interrupts.delete(act);
      process.off('SIGINT', act);
    };
  }

  close(): void {
    this.#lines?.close();
  }

  #open(): Interface {
    this.#lines ??= this.#begin();
    return this.#lines;
  }

  #begin(): Interface {
    const { input, complete } = this.#options;
    const lines = createInterface({
      input,
      output: this.#echo,
      terminal: input.isTTY === true,
      historySize: MAX_HISTORY,
      history: this.#history.toReversed(),
      ...(complete === undefined ? {} : { completer: completerOf(complete) }),
    });
    lines.on('line', (line) => {
      this.#typed.push(line);
      this.#wake?.();
    });
    lines.on('history', (history: string[]) => {
      // The list is readline's own: a secret is taken out of it before anybody can call it back.
      if (this.#echo.hidden) history.shift();
      else this.#history = history.toReversed();
    });
    lines.on('SIGINT', () => this.#interrupt());
    lines.on('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
    return lines;
  }

  #interrupt(): void {
    this.#interrupted = this.#interrupts.size === 0;
    this.#wake?.();
    for (const act of this.#interrupts) act();
  }
}

type Answer = (error: Error | null, completed: [string[], string]) => void;

const completerOf =
  (complete: NonNullable<KeyboardOptions['complete']>) =>
  (line: string, answer: Answer): void => {
    complete(line).then(
      ([matches, part]) => answer(null, [[...matches], part]),
      // A server that does not answer completes nothing.
      () => answer(null, [[], line]),
    );
  };
