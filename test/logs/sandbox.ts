// Where do log tests live? A temporary folder with named pipes, a real clock, and everything closed at the end.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createClock } from '../../src/kernel/clock.ts';
import { type Capture, type CaptureOptions, isCapture, openCapture } from '../../src/logs/capture.ts';
import { Logs } from '../../src/logs/logs.ts';
import type { Sink } from '../../src/logs/sink.ts';

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0).toReversed()) end();
});

export const atEnd = (end: () => void): void => {
  endings.push(end);
};

export const clock = createClock();

export const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-logs-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export const makeFifo = (folder: string, name = 'pipe'): string => {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
};

/** Fails the test when the pipe cannot be captured. */
export const capture = (options: Omit<CaptureOptions, 'clock'>): Capture => {
  const opened = openCapture({ ...options, clock });
  if (!isCapture(opened)) throw new Error(opened.reason);
  atEnd(() => opened.close());
  return opened;
};

export interface HeardLogs {
  readonly logs: Logs;
  /** Troubles said so far. */
  readonly heard: string[];
}

export const makeLogs = (time = clock): HeardLogs => {
  const logs = new Logs(time);
  const heard: string[] = [];
  logs.onTrouble((text) => heard.push(text));
  return { logs, heard };
};

/** A sink that remembers. */
export const makeMemory = (): Sink & { readonly text: () => string } => {
  const pieces: Buffer[] = [];
  return {
    failure: null,
    write: (bytes) => pieces.push(Buffer.from(bytes)) > 0,
    ready: (call) => call(),
    text: () => Buffer.concat(pieces).toString(),
  };
};

export const read = (path: string): string => readFileSync(path, 'utf8');
