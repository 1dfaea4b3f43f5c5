// What does the supervisor tell the live terminal? Only what is shown is asked for.

import { ask, createClient, type Client } from '../../api/client.ts';
import { createOomClient, type OomClient } from '../../api/client-oom.ts';
import type { StatusReply } from '../../model/command.ts';
import type { OomRankReply } from '../../model/oom-report.ts';
import { TsvisorError } from '../../model/errors.ts';
import type { Act, TopState } from './state.ts';

/** Bytes of a log that can be seen at once on any terminal. */
const LOG_BYTES = 16_384;

/** Milliseconds: an operator who looks sees that there is no answer, and it is asked again. */
const TIMEOUT_MS = 5000;

export interface News {
  readonly status: StatusReply;
  readonly rank: OomRankReply | null;
  readonly log: string;
}

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string'
    ? value.text
    : '';

export class Feed {
  readonly #client: Client;
  readonly #oom: OomClient;

  constructor(socket: string) {
    this.#client = createClient(socket, { timeout: TIMEOUT_MS });
    this.#oom = createOomClient(socket, { timeout: TIMEOUT_MS });
  }

  /** Refuses with a TsvisorError, as the client does. */
  async news({ pane, members, selected }: TopState): Promise<News> {
    const isLog = pane === 'log' || pane === 'errors';
    const [status, rank, log] = await Promise.all([
      this.#client.status(),
      members || pane === 'memory' ? this.#oom.rank({ whatIf: '', limits: '' }) : null,
      isLog && selected !== '' ? this.#log(selected, pane === 'errors' ? 'stderr' : 'stdout') : '',
    ]);
    return { status, rank, log };
  }

  /** One line for people; a refusal is one too. */
  async order(act: Act, name: string): Promise<string> {
    const outcomes = await this.#client[act]([name], { wait: false });
    return outcomes.map(({ message }) => message).join('; ');
  }

  async #log(name: string, stream: 'stdout' | 'stderr'): Promise<string> {
    const query = new URLSearchParams({ name, stream, offset: String(-LOG_BYTES) });
    const path = `/api/v1/read-log?${query.toString()}`;
    try {
      const reply = await ask({ socket: this.#client.socket, method: 'GET', path, timeout: TIMEOUT_MS });
      return textOf(reply).trimEnd();
    } catch (error) {
      if (error instanceof TsvisorError && error.row.exit === 1) return `(${error.message})`;
      throw error;
    }
  }
}
