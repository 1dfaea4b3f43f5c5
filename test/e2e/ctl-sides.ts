// Where do supervisorctl and `tsvisor ctl` stand side by side? Each has a supervisord of its own with the same config.

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { CLI } from './dist.ts';
import type { Step } from './ctl-steps.ts';
import { until } from './wait.ts';

interface Told {
  readonly code: number;
  readonly stdout: string;
}

export interface Side {
  readonly folder: string;
  readonly client: readonly string[];
  readonly inet: string;
  run(step: Step): Promise<Told>;
  /** Writes the config of its server. */
  write(sections: string): void;
  end(): Promise<void>;
}

const COMMAND_MS = 50_000;

const environment = {
  PATH: process.env['PATH'],
  HOME: '/nowhere',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

const settings = (folder: string, inet: string): string => `[supervisord]
logfile=${folder}/main.log
pidfile=${folder}/supervisord.pid
childlogdir=${folder}
[unix_http_server]
file=${folder}/s.sock
[inet_http_server]
port=${inet}
username=user
password=secret
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${folder}/s.sock
`;

/** What differs from run to run, and the places in Python's sources, which no other client has. */
const mask = (text: string, { folder, inet }: Pick<Side, 'folder' | 'inet'>): string =>
  text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(inet, 'INET')
    .replaceAll(/: file: \S+ line: \d+/g, '')
    .replaceAll(/pid \d+, uptime \d+:\d+:\d+/g, 'pid N, uptime T')
    .replaceAll(/[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, 'TIME')
    .replaceAll(/^(?:supervisor> )?[1-9]\d*$/gm, 'N');

const ended = (server: ChildProcess): boolean => server.exitCode !== null || server.signalCode !== null;

const stop = async (server: ChildProcess): Promise<void> => {
  server.kill('SIGTERM');
  await until('the end of supervisord', () => ended(server), { within: 30_000, every: 20 });
};

export const SIDES = {
  supervisorctl: ['supervisorctl'],
  'tsvisor ctl': [process.execPath, CLI, 'ctl'],
} as const;

export const openSide = async (client: readonly string[], sections: string): Promise<Side> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-ctl-'));
  const inet = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'supervisord.conf');
  mkdirSync(join(folder, 'away'));
  const write = (text: string): void => writeFileSync(config, settings(folder, inet) + text);
  write(sections);
  const server = spawn('supervisord', ['-n', '-c', config], { cwd: folder, stdio: 'ignore' });
  await until('the socket of supervisord', () => existsSync(join(folder, 's.sock')), { within: 30_000 });
  return {
    folder,
    client: [...client, '-c', config],
    inet,
    write,
    async run({ words, input }) {
      const [file = '', ...first] = client;
      const all = [...first, '-c', config, ...words.map((word) => word.replace('INET', inet))];
      const result = await execa(file, words[0] === '-c' ? [...first, ...words] : all, {
        env: environment,
        extendEnv: false,
        cwd: folder,
        reject: false,
        timeout: COMMAND_MS,
        stripFinalNewline: false,
        ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
      });
      return { code: result.exitCode ?? -1, stdout: mask(result.stdout, { folder, inet }) };
    },
    async end() {
      await stop(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
