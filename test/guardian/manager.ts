// Who plays the service manager in a test? A program that listens to sd_notify's socket; Node cannot.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from '../until.ts';

const EAR = join(import.meta.dirname, '../programs/hears-notify.py');

const answers = (): boolean => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** For `describe.skipIf`. */
export const noPython = !answers();

interface Message {
  readonly pid: number;
  readonly text: string;
  /** Of performance.now(). */
  readonly at: number;
}

export interface Manager {
  /** For NOTIFY_SOCKET. */
  readonly socket: string;
  readonly heard: readonly Message[];
  /** Of the test's own. */
  readonly folder: string;
  /** The first message not before `from` that is like this, waited for. */
  hear(pattern: RegExp, from?: number): Promise<Message>;
}

/** Ends with the test. `abstract`: listens at a name that is no file. */
export const openManager = async (abstract = false): Promise<Manager> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-notify-'));
  const socket = abstract ? `@tsvisor-test-${process.pid}-${folder.slice(-6)}` : join(folder, 'notify');
  const child = spawn('python3', [EAR, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const heard: Message[] = [];
  let rest = '';
  let listening = false;
  child.stdout.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, pid, text = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
      if (pid === undefined) listening = true;
      else heard.push({ pid: Number(pid), text, at: performance.now() });
    }
  });
  await until('somebody listening', () => listening, { within: 20_000 });
  return {
    socket,
    heard,
    folder,
    hear: (pattern, from = 0) =>
      until(
        `a message like ${String(pattern)}`,
        () => heard.slice(from).find(({ text }) => pattern.test(text)),
        { within: 20_000 },
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}; heard: ${heard.map(({ text }) => text).join(' / ')}`);
      }),
  };
};
