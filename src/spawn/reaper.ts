// What does the reaper of one process say, and how is it told to kill?

import type { Socket } from 'node:net';
import type { Exit, Identity } from '../model/phase.ts';
import { signalName } from '../model/signals.ts';
import type { Reaper } from './containment.ts';
import { readSteps, type StepReport } from './stages.ts';

/** What `guardian reap` said until the program ran or a step failed. */
interface ReapedStart {
  /** Null when the reaper itself could not start the program. */
  readonly leader: Identity | null;
  readonly report: StepReport;
}

export interface ReapedProcess {
  readonly started: Promise<ReapedStart>;
  readonly ended: Promise<Exit>;
  readonly reaper: Reaper;
}

/** Bytes; the reaper's lines are below 1 kB in all. */
const LINE_MAX = 4096;

const exitOf = (word: string, number: number): Exit =>
  word === 'exited' ? { code: number, signal: null } : { code: null, signal: signalName(number) };

/** Calls back for each whole line; a line without end is a bug of the other side and is dropped. */
const eachLine = (socket: Socket, take: (line: string) => void): void => {
  let rest = '';
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(0, LINE_MAX);
    for (const line of lines) take(line);
  });
};

/** A promise that is settled from outside. */
const deferred = <T>(): { readonly promise: Promise<T>; readonly settle: (value: T) => void } => {
  let settlePromise: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => {
    settlePromise = settle;
  });
  return { promise, settle: (value) => settlePromise?.(value) };
};

/** The leader in `pid PID TICK`. */
const leaderOf = (words: readonly string[]): Identity => ({
  pid: Number(words[1]),
  startTick: Number(words[2]),
});

/** Follows the reaper on `socket`; the socket stays for the life of the process. */
export const followReaper = (socket: Socket, pid: number): ReapedProcess => {
  const started = deferred<ReapedStart>();
  const ended = deferred<Exit>();
  const emptied = deferred<void>();
  let leader: Identity | null = null;
  let steps = '';
  const settleStart = (): void => started.settle({ leader, report: readSteps(steps) });
  eachLine(socket, (line) => {
    const words = line.split(' ');
    const [word = ''] = words;
    if (word === 'pid') leader = leaderOf(words);
    else if (word === 'running') settleStart();
    else if (word === 'exited' || word === 'killed') {
      settleStart();
      ended.settle(exitOf(word, Number(words[1])));
    } else if (word === 'empty') emptied.settle();
    else steps += `${line}\n`;
  });
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    settleStart();
    // Nobody saw it: the reaper died first.
    ended.settle({ code: null, signal: null });
  });
  const kill = (): void => void (socket.writable && socket.write('kill\n'));
  return { started: started.promise, ended: ended.promise, reaper: { pid, kill, emptied: emptied.promise } };
};
