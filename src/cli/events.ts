// `tsvisor events`: what happens, as it happens, over restarts of the supervisor too.

import { setTimeout as pause } from 'node:timers/promises';
import { hearEvents, type Told } from '../api/client-events.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Run } from './commands.ts';
import { complain } from './text/complain.ts';
import { eventText, isEvent } from './text/event-text.ts';
import { locate } from './locate.ts';
import { timing } from './reach.ts';
import { painter, type Terminal } from './text/terminal.ts';

/** Milliseconds: a new supervisor is looked for this often, and for this long. */
const LOOK_EVERY_MS = 200;
const LOOK_FOR_MS = 15_000;

/** Tells what one stream after another brings. */
class Telling {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  #last: number | null = null;
  #supervisor: unknown = null;
  /** The supervisor has said that it ends. */
  ended = false;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
  }

  readonly tell = (told: Told): void => {
    const { event, data } = told;
    if (event === 'hello') return this.#begin(data);
    if (event === 'dropped') return;
    this.#last = Number(data['seq']);
    if (event === 'mood') this.ended = data['mood'] === 'SHUTDOWN';
    if (this.#json) this.#terminal.out(JSON.stringify(data));
    else if (isEvent(data)) this.#terminal.out(eventText(data, painter(this.#terminal.color)));
  };

  /** Another supervisor counts anew. */
  #begin({ seq, supervisor }: Told['data']): void {
    const isAnother = this.#supervisor !== null && this.#supervisor !== supervisor;
    const missed = this.#last === null ? 0 : Number(seq) - this.#last;
    if (isAnother)
      this.#terminal.err(
        `the next supervisor is there (pid ${String(supervisor)}); what happened before is not told`,
      );
    else if (missed > 0) complain(this.#terminal, `${missed} events were missed: this terminal is too slow`);
    [this.#last, this.#supervisor] = [Number(seq), supervisor];
  }
}

const isAway = (error: unknown): error is TsvisorError =>
  error instanceof TsvisorError && error.code === 'NOT_RUNNING_HERE';

/** Between two lives of a supervisor nobody answers; refuses when nobody does for long. */
const hearAgain = async (socket: string, telling: Telling, until: number): Promise<void> => {
  try {
    await hearEvents(socket, telling.tell);
  } catch (error) {
    if (!isAway(error) || performance.now() > until) throw error;
    await pause(LOOK_EVERY_MS);
    await hearAgain(socket, telling, until);
  }
};

export const run: Run = async ({ options, terminal }) => {
  const socket = await locate(options);
  const telling = new Telling(terminal, options.json === true);
  await hearEvents(socket, telling.tell, timing(socket, terminal));
  while (!telling.ended && !terminal.gone()) {
    terminal.err('the supervisor has gone or has cut us off; waiting for its answer');
    await hearAgain(socket, telling, performance.now() + LOOK_FOR_MS);
  }
  return 0;
};
