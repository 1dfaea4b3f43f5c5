// Where do supervisorctl and `tsvisor ctl` stand side by side? Each has a server of its own with the same config.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { CLI } from './dist.ts';
import type { Step } from './ctl-steps.ts';
import { until } from '../until.ts';
import { processesWith, kill } from './processes.ts';
import { freePort } from '../free-port.ts';

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

const MARK = 'TSVISOR_SANDBOX';

const environmentOf = (folder: string) => ({
  [MARK]: folder,
  PATH: process.env['PATH'],
  HOME: '/nowhere',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
});

const settings = (folder: string, inet: string): string => `[supervisord]
logfile=${folder}/main.log
pidfile=${folder}/supervisord.pid
childlogdir=${folder}
runtime_dir=${folder}/run
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
    .replaceAll(/^\d\.\d\.\d$/gm, 'VERSION')
    // tsvisor says more: file, line and what to do.
    .replaceAll(/CANT_REREAD: [^]*$/g, 'CANT_REREAD')
    .replaceAll(/: file: \S+ line: \d+/g, '')
    .replaceAll(/pid \d+, uptime \d+:\d+:\d+/g, 'pid N, uptime T')
    .replaceAll(/[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, 'TIME')
    .replaceAll(/^(?:supervisor> )?[1-9]\d*$/gm, 'N');

type End = () => Promise<void>;

const beginSupervisord = (config: string, folder: string): End => {
  const env = environmentOf(folder);
  const server = spawn('supervisord', ['-n', '-c', config], { cwd: folder, env, stdio: 'ignore' });
  return async () => {
    server.kill('SIGTERM');
    const hasEnded = (): boolean => server.exitCode !== null || server.signalCode !== null;
    await until('the end of supervisord', hasEnded, { within: 30_000, every: 20 });
  };
};

const tsvisor = (verb: 'start' | 'stop', config: string, folder: string) =>
  execa(process.execPath, [CLI, verb, '-c', config], {
    env: environmentOf(folder),
    extendEnv: false,
    timeout: COMMAND_MS,
  });

const beginTsvisor = async (config: string, folder: string): Promise<End> => {
  await tsvisor('start', config, folder);
  return async () => {
    await tsvisor('stop', config, folder);
  };
};

/** What a server that did not end as it should would leave behind. */
const killAll = (folder: string): Promise<unknown> =>
  until('the folder without processes', () => {
    const left = processesWith(folder, MARK);
    for (const { pid } of left) kill(pid);
    return left.length === 0;
  });

const TSVISOR_CTL = [process.execPath, CLI, 'ctl'];

/** The first is what the others are compared with. */
export const SIDES = {
  'supervisorctl asks supervisord': { client: ['supervisorctl'], begin: beginSupervisord },
  'tsvisor ctl asks supervisord': { client: TSVISOR_CTL, begin: beginSupervisord },
  'tsvisor ctl asks tsvisor': { client: TSVISOR_CTL, begin: beginTsvisor },
} as const;

export const openSide = async (
  { client, begin }: (typeof SIDES)[keyof typeof SIDES],
  sections: string,
): Promise<Side> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-ctl-'));
  const inet = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'supervisord.conf');
  mkdirSync(join(folder, 'away'));
  const write = (text: string): void => writeFileSync(config, settings(folder, inet) + text);
  write(sections);
  const end = await begin(config, folder);
  await until('the socket of the server', () => existsSync(join(folder, 's.sock')), { within: 30_000 });
  return {
    folder,
    client: [...client, '-c', config],
    inet,
    write,
    async run({ words, input }) {
      const [file = '', ...first] = client;
      const all = [...first, '-c', config, ...words.map((word) => word.replace('INET', inet))];
      const result = await execa(file, words[0] === '-c' ? [...first, ...words] : all, {
        env: environmentOf(folder),
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
      try {
        await end();
      } finally {
        await killAll(folder);
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
};
