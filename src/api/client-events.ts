// How does a program hear what happens in a running tsvisor? One request whose reply does not end.

import { connect } from 'node:net';
import { TsvisorError } from '../model/errors.ts';
import { connectFailure, noAnswer, TIMEOUT_MS, tellSlow, unreachable, type Timing } from './exchange.ts';
import { refusalFromWire } from './wire.ts';

/** One server-sent event: its name and its JSON. */
export interface Told {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const HEAD_END = '\r\n\r\n';
/** Characters of one event; no event comes near it. */
const MAX_MESSAGE = 8 * 1024 * 1024;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

/** Null for what is no event: a comment, a hint for browsers. */
const readMessage = (text: string): Told | null => {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  const [event, data] = [field('event'), parse(field('data') ?? '')];
  return event === undefined || !isRecord(data) ? null : { event, data };
};

/** Of a reply that is no stream. */
const refusalIn = (socket: string, text: string): TsvisorError => {
  const [head = '', body = ''] = text.split(HEAD_END, 2);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  return (
    refusalFromWire(parse(body)) ??
    unreachable(
      socket,
      status === '503' ? 'too many listen to its events' : 'what answers there is no tsvisor of this version',
    )
  );
};

/** Takes text in pieces of any size. */
class Reader {
  readonly #tell: (told: Told) => void;
  #text = '';
  state: 'head' | 'stream' | 'refused' = 'head';

  constructor(tell: (told: Told) => void) {
    this.#tell = tell;
  }

  get rest(): string {
    return this.#text;
  }

  feed(piece: string): void {
    this.#text += piece;
    if (this.state === 'head') this.#readHead();
    if (this.state === 'stream') this.#readMessages();
  }

  #readHead(): void {
    const end = this.#text.indexOf(HEAD_END);
    if (end === -1) return;
    this.state = /^HTTP\/1\.1 200 [^]*text\/event-stream/i.test(this.#text.slice(0, end))
      ? 'stream'
      : 'refused';
    if (this.state === 'stream') this.#text = this.#text.slice(end + HEAD_END.length);
  }

  #readMessages(): void {
    const messages = this.#text.split('\n\n');
    this.#text = messages.pop() ?? '';
    for (const message of messages) {
      const told = readMessage(message);
      if (told !== null) this.#tell(told);
    }
  }
}

/**
 * Resolves when the stream has ended: the supervisor did, or this client was too slow (the last one told is `dropped` then). Refuses with NOT_RUNNING_HERE,
 * or with NO_ANSWER when the stream does not begin in time.
 */
export const hearEvents = (
  path: string,
  tell: (told: Told) => void,
  { timeout = TIMEOUT_MS, onSlow }: Timing = {},
): Promise<void> =>
  new Promise((resolve, reject) => {
    const reader = new Reader(tell);
    const socket = connect(path);
    const silence = tellSlow(onSlow);
    socket.setEncoding('utf8');
    socket.setTimeout(timeout, () => {
      reject(noAnswer({ socket: path, method: 'GET' }, timeout));
      socket.destroy();
    });
    socket
      .once('data', () => socket.setTimeout(0))
      .once('data', silence)
      .once('close', silence);
    socket.on('error', (error) =>
      reader.state === 'stream' ? resolve() : reject(connectFailure(path, error)),
    );
    socket.on('data', (piece) => {
      reader.feed(String(piece));
      if (reader.rest.length > MAX_MESSAGE) socket.destroy(new Error('its reply is too long for a tsvisor'));
    });
    socket.on('close', () => (reader.state === 'stream' ? resolve() : reject(refusalIn(path, reader.rest))));
    // Of version 1.0, so that the stream comes without marks of pieces between.
    socket.write(`GET /api/v1/events HTTP/1.0\r\nHost: localhost\r\n\r\n`);
  });
