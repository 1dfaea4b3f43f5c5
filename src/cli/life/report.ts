// What does a supervisor that is being born say about it?

import type { Readable } from 'node:stream';

/**
 * `ready`: it answers. `failed`: it said why it cannot. `silent`: it ended, or was killed, before it said either.
 * Lines: `ready`, `error TEXT`, `hint TEXT`; others are left out.
 */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly errors: readonly string[]; readonly hint: string }
  | { readonly kind: 'silent' };

const MAX_CHARACTERS = 64 * 1024;

const after = (lines: readonly string[], word: string): readonly string[] =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

/** `text` has ended, or holds a line `ready`. */
export const parseReport = (text: string): Report => {
  const lines = text.split('\n');
  if (lines.includes('ready')) return { kind: 'ready' };
  const errors = after(lines, 'error');
  if (errors.length === 0) return { kind: 'silent' };
  return { kind: 'failed', errors, hint: after(lines, 'hint').join('; ') };
};

/** Reads to the end, or to `ready`; the stream is destroyed. */
export const readReport = async (stream: Readable): Promise<Report> => {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    text = (text + String(chunk)).slice(0, MAX_CHARACTERS);
    if (text.includes('ready\n') && parseReport(text).kind === 'ready') break;
  }
  return parseReport(text);
};
