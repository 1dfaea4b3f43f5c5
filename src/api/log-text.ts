// How does a log of any size reach a client without being held in memory? Read in pieces, each when the one before is gone.

import type { Context } from './method.ts';
import type { RpcValue } from './value.ts';

/** Bytes read at a time; a log up to this size is an ordinary value. */
const PIECE_BYTES = 65_536;

export interface LogName {
  /** Null: the supervisor's own. */
  readonly name: string | null;
  readonly stream: 'stdout' | 'stderr';
}

interface Range {
  readonly start: number;
  readonly length: number;
}

/** A piece may begin in the middle of a character: its remains are left out. */
const withoutRemains = (bytes: Uint8Array): Uint8Array => {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
};

async function* piecesOf(ask: Context['ask'], log: LogName, range: Range): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const end = range.start + range.length;
  for (let at = range.start; at < end;) {
    const length = Math.min(PIECE_BYTES, end - at);
    const { bytes } = await ask({ verb: 'read-log', ...log, offset: at, length });
    if (bytes.length === 0) return;
    yield decoder.decode(at === range.start ? withoutRemains(bytes) : bytes, { stream: true });
    at += bytes.length;
  }
}

/** A reply with a hole in it that the text of a log fills, piece by piece. */
export class LogText {
  readonly #around: (text: string) => RpcValue;
  readonly pieces: AsyncIterable<string>;

  constructor(pieces: AsyncIterable<string>, around: (text: string) => RpcValue) {
    this.pieces = pieces;
    this.#around = around;
  }

  around(text: string): RpcValue {
    return this.#around(text);
  }

  /** All of it at once; null when it is longer than `most` characters. */
  async whole(most: number): Promise<RpcValue | null> {
    let text = '';
    for await (const piece of this.pieces) {
      text += piece;
      if (text.length > most) return null;
    }
    return this.#around(text);
  }
}

/** Where a log ends now. Refuses with BAD_NAME, NO_FILE or LOG_FAILED. */
export const sizeOfLog = async (ask: Context['ask'], log: LogName): Promise<number> =>
  (await ask({ verb: 'tail-log', ...log, offset: 0, length: 0 })).offset;

export interface TextRequest extends Range {
  readonly log: LogName;
  readonly around: (text: string) => RpcValue;
}

/** Small logs as a value, others as a text to come. */
export const textOfLog = async (
  { ask }: Context,
  { log, start, length, around }: TextRequest,
): Promise<RpcValue | LogText> => {
  const text = new LogText(piecesOf(ask, log, { start, length }), around);
  if (length > PIECE_BYTES) return text;
  return (await text.whole(PIECE_BYTES)) ?? around('');
};
