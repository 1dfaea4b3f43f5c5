// Who serves the socket of sd_notify(3), and what comes of it? A short mode of the guardian's binary; its lines are read here.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';

/** One message of a program, with what was seen of its sender at that moment. */
export interface NotifyDatagram {
  readonly pid: number;
  readonly uid: number;
  /** Messages that were dropped since the one before. */
  readonly lost: number;
  /** What follows the mark in the path of the sender's cgroup; null when it is in none of ours. */
  readonly cgroup: string | null;
  /** The sender, its parent and so on, up to a child of the supervisor or the guardian; empty when it had ended already. */
  readonly ancestors: readonly number[];
  /** Of the message, without control characters. */
  readonly lines: readonly string[];
}

export interface NotifySocketOptions {
  /** Path of the guardian binary. */
  readonly guardian: string;
  /** A path, or `@NAME` for a socket without a file. */
  readonly address: string;
  /** Precedes the names of group and process in the path of each cgroup. */
  readonly mark: string;
  readonly heard: (datagram: NotifyDatagram) => void;
  /** The server has died, and the socket with it. */
  readonly died: () => void;
}

export interface NotifySocket {
  /** True while it is served. */
  readonly isOpen: boolean;
  close(): void;
}

/** Characters; the guardian's lines are below that. */
const LINE_MAX = 8192;

const LINE = /^(\d+) (\d+) (\d+) (\S+) (\S+) (.*)$/;

/** Null for what is no line of the guardian's. */
export const readNotifyDatagram = (line: string): NotifyDatagram | null => {
  const [, pid, uid, lost, cgroup = '', ancestors = '', text = ''] = LINE.exec(line) ?? [];
  if (pid === undefined) return null;
  return {
    pid: Number(pid),
    uid: Number(uid),
    lost: Number(lost),
    cgroup: cgroup === '-' ? null : cgroup,
    ancestors: ancestors === '-' ? [] : ancestors.split(',').map(Number),
    lines: text.split('\t').filter((one) => one !== ''),
  };
};

const reasonOf = (said: string): string => {
  const [stage = '', errno = '0'] = said.trim().split(' ');
  const reason = getSystemErrorMap().get(-Number(errno))?.[1] ?? `errno ${errno}`;
  if (stage === 'address') return `${reason}; choose a shorter runtime_dir`;
  return stage === '' ? 'the guardian did not say why' : `${stage}: ${reason}`;
};

/** Calls back for each whole line. */
const eachLine = (take: (line: string) => void): ((bytes: Buffer) => void) => {
  let rest = '';
  const decoder = new TextDecoder();
  return (bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = (lines.pop() ?? '').slice(0, LINE_MAX);
    for (const line of lines) take(line);
  };
};

/** A string says why it cannot be had. */
export const openNotifySocket = (options: NotifySocketOptions): Promise<NotifySocket | string> =>
  new Promise((resolve) => {
    const { guardian, address, mark, heard, died } = options;
    const server = spawn(guardian, ['notify', address, String(process.pid), mark], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const isOpen = (): boolean => server.exitCode === null && server.signalCode === null;
    let isUp = false;
    let isClosed = false;
    let said = '';
    const close = (): void => {
      isClosed = true;
      server.kill('SIGKILL');
      if (!address.startsWith('@')) rmSync(address, { force: true });
    };
    const take = (line: string): void => {
      if (isUp) {
        const datagram = readNotifyDatagram(line);
        if (datagram !== null) heard(datagram);
      } else if (line === 'listening') {
        isUp = true;
        resolve({
          get isOpen() {
            return isOpen();
          },
          close,
        });
      } else said += line;
    };
    server.once('error', (error) => resolve(`the guardian cannot be run (${error.message})`));
    server.stdout.on('data', eachLine(take));
    server.once('close', () => {
      if (!isUp) resolve(reasonOf(said));
      else if (!isClosed) died();
    });
  });
