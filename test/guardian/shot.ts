// What does one run of the guardian's exec, reap or fifo mode say on its status descriptor, print, and end with?

import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { until } from '../until.ts';
import { guardianBinary } from './binary.ts';
import type { Traces } from './traces.ts';

export interface Shot {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Descriptor 3: what was said, and a way to answer. */
  readonly said: () => string;
  readonly socket: Socket;
  /** Resolves at the end of file of descriptor 3. */
  readonly closed: Promise<string>;
  readonly ended: Promise<number | string | null>;
  readonly out: () => string;
  readonly line: (pattern: RegExp) => Promise<string>;
}

interface Aim {
  readonly traces: Traces;
  readonly uid?: number;
  readonly detached?: boolean;
  /** Command that runs the guardian. */
  readonly through?: readonly string[];
  /** Instead of the guardian as it is built. */
  readonly binary?: string;
  /** Descriptors 4 and above. */
  readonly extra?: readonly ('pipe' | number)[];
}

const gather = (stream: NodeJS.ReadableStream | null | undefined): (() => string) => {
  let text = '';
  stream?.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  return () => text;
};

export const shoot = (words: readonly string[], aim: Aim): Shot => {
  const all = [...(aim.through ?? []), aim.binary ?? guardianBinary(), ...words];
  const child = spawn(all[0] ?? '', all.slice(1), {
    env: { ...aim.traces.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(aim.extra ?? [])],
    detached: aim.detached ?? false,
    ...(aim.uid === undefined ? {} : { uid: aim.uid }),
  });
  const socket = child.stdio[3];
  if (!(socket instanceof Socket)) throw new Error('cannot see descriptor 3');
  const said = gather(socket);
  const out = gather(child.stdout);
  const errors = gather(child.stderr);
  const closed = new Promise<string>((settle) => {
    socket.once('close', () => settle(said()));
  });
  const ended = new Promise<number | string | null>((settle) => {
    child.once('close', (code, signal) => settle(code ?? signal));
  });
  const line = (pattern: RegExp): Promise<string> =>
    until(`a line like ${pattern}`, () =>
      said()
        .split('\n')
        .slice(0, -1)
        .find((one) => pattern.test(one)),
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; said: ${said()}; errors: ${errors()}`);
    });
  return {
    pid: child.pid ?? 0,
    child,
    said,
    socket,
    closed,
    ended,
    out: () => out() + errors(),
    line,
  };
};
