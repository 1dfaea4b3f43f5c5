// What can be asked of the outputs of a process once they are open?

import type { LogLoss, LogLosses } from '../model/command.ts';
import type { Capture } from './capture.ts';
import type { OpenLog } from './logs.ts';
import type { Valve } from './valve.ts';

export type StreamName = 'stdout' | 'stderr';

/** The outputs of one process, being captured over all its lives. */
export interface Outputs {
  /** Before a launch: what the program writes waits until `start`. */
  hold(): void;
  /** `pid` of the new leader; null when the launch failed. */
  start(pid: number | null): void;
  /** Bytes read from the streams that are captured, since they were opened. */
  written(): Readonly<Partial<Record<StreamName, number>>>;
  /** Null where nothing can be or has been lost since they were opened. */
  lost(): LogLosses | null;
  /** The leader has ended: what it wrote is heard now, as far as its logs take it at once. */
  lastWords(): void;
  /** On the way out: resolves when all that was written is in its logs. */
  drain(): Promise<void>;
  close(): void;
}

export interface OpenStream {
  readonly stream: StreamName;
  readonly capture: Capture;
  /** Null: not logged. */
  readonly log: OpenLog | null;
  /** Null where nothing is ever dropped. */
  readonly valve: Valve | null;
}

const lossOf = ({ log, valve }: OpenStream): LogLoss | null => {
  const failedBytes = log?.lost ?? 0;
  if (valve === null && failedBytes === 0) return null;
  const { bytes, lines } = valve?.dropped ?? { bytes: 0, lines: 0 };
  return { droppedBytes: bytes, droppedLines: lines, failedBytes };
};

const lossesOf = (streams: readonly OpenStream[]): LogLosses | null => {
  const losses = streams.flatMap((one): [StreamName, LogLoss][] => {
    const loss = lossOf(one);
    return loss === null ? [] : [[one.stream, loss]];
  });
  return losses.length === 0 ? null : Object.fromEntries(losses);
};

export const outputsOf = (streams: readonly OpenStream[]): Outputs => ({
  hold: () => streams.forEach(({ capture }) => capture.hold()),
  start: (pid) => streams.forEach(({ capture }) => capture.start(pid)),
  written: () => Object.fromEntries(streams.map(({ stream, capture }) => [stream, capture.bytes])),
  lost: () => lossesOf(streams),
  lastWords: () => streams.forEach(({ capture }) => capture.lastWords()),
  drain: async () => void (await Promise.all(streams.map(async ({ capture }) => capture.drain()))),
  close: () => {
    for (const { capture, log } of streams) {
      capture.close();
      log?.close();
    }
  },
});
