// How is a command of the operator's run beside the programs? Without a shell, bounded in time and words, and its failure is told.

import { type ChildProcess, spawn } from 'node:child_process';
import { splitCommand } from '../model/command-line.ts';
import { errnoOf } from '../model/errors.ts';

/** Milliseconds after which it is asked to end, where nothing else is said; and from then until it is killed. */
const TIMEOUT_MS = 60_000;
const GRACE = 2000;

/** Milliseconds that what it wrote may take to arrive after its end: somebody else may hold the pipe. */
const LAST_WORDS = 200;

/** Bytes of its output that are heard; more is read and forgotten. */
const MAX_BYTES = 4096;

export interface CommandRun {
  /** Words with quotes, nothing else of a shell. */
  readonly command: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Ours when left out, or null. */
  readonly directory?: string | null;
  /** Who it runs as, without supplementary groups; ourselves when left out, or null. */
  readonly account?: { readonly uid: number; readonly gid: number } | null;
  /** What it reads on its stdin; nothing when left out. */
  readonly input?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Ends it before its time. */
  readonly abort?: AbortSignal;
  /** Right after its start. */
  readonly began?: (pid: number) => void;
  /** After its end: the beginning of what it wrote, on both streams. */
  readonly wrote?: (text: string) => void;
}

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody is left in it.
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
};

interface Ends {
  /** To be called at its end: why it was killed, or null when it was not. */
  disarm(): string | null;
}

/** TERM and then KILL to all of its group when its time is over; KILL when ours is. */
const armEnds = (pid: number, { timeout = TIMEOUT_MS, abort }: CommandRun): Ends => {
  let why: string | null = null;
  let kill: NodeJS.Timeout | null = null;
  const timer = setTimeout(() => {
    why = `it took longer than ${timeout / 1000} s and was killed`;
    signalGroup(pid, 'SIGTERM');
    kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE);
  }, timeout);
  const aborted = (): void => {
    why ??= 'it was killed: there was no more time';
    signalGroup(pid, 'SIGKILL');
  };
  abort?.addEventListener('abort', aborted, { once: true });
  return {
    disarm: () => {
      clearTimeout(timer);
      if (kill !== null) clearTimeout(kill);
      abort?.removeEventListener('abort', aborted);
      // The rest of the group, which was asked to end with it.
      if (why !== null) signalGroup(pid, 'SIGKILL');
      return why;
    },
  };
};

const endWords = (code: number | null, signal: NodeJS.Signals | null): string | null => {
  if (code === 0) return null;
  return signal === null ? `it ended with status ${code ?? '?'}` : `it was killed by ${signal}`;
};

/** Hears the beginning of both streams; resolves to it when they end, soon after `exit` at the latest. */
const hear = (child: ChildProcess): (() => Promise<string>) => {
  const pieces: Buffer[] = [];
  let room = MAX_BYTES;
  const listen = (piece: Buffer): void => {
    if (room > 0) pieces.push(piece.subarray(0, room));
    room -= piece.length;
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, LAST_WORDS)))]);
    clearTimeout(timer);
    child.stdout?.destroy();
    child.stderr?.destroy();
    return Buffer.concat(pieces).toString();
  };
};

const begin = (run: CommandRun, file: string, args: readonly string[]): ChildProcess => {
  const child = spawn(file, args, {
    env: { ...process.env, ...run.variables },
    ...(run.directory != null && { cwd: run.directory }),
    ...(run.account != null && { uid: run.account.uid, gid: run.account.gid }),
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that all of it can be killed.
    detached: true,
  });
  // It need not read what it is told.
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(run.input ?? '');
  return child;
};

/** Null when it ended with status 0; else why it could not run or did not succeed. Never throws. */
export const runCommand = (run: CommandRun): Promise<string | null> => {
  const split = splitCommand(run.command);
  const [file, ...args] = split.refused === undefined ? split.words : [];
  if (file === undefined) return Promise.resolve(split.refused ?? 'the command is empty');
  return new Promise((resolve) => {
    const child = begin(run, file, args);
    const { pid } = child;
    child.once('error', (error) => resolve(error.message));
    if (pid === undefined) return;
    run.began?.(pid);
    const ends = armEnds(pid, run);
    const words = hear(child);
    child.once('exit', (code, signal) => {
      const why = ends.disarm() ?? endWords(code, signal);
      void words().then((text) => {
        if (text !== '') run.wrote?.(text);
        resolve(why);
      });
    });
  });
};
