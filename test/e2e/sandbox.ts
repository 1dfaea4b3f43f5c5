// Where does the tsvisor of one test live? A temporary folder of its own, which fails the test if anything remains.

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import type { ProcessStatus, StatusReply } from '../../src/model/command.ts';
import { assertBuilt, CLI, run, type Said } from './dist.ts';
import { cgroupsOf, socketsNaming } from './remains.ts';
import { until } from '../until.ts';
import {
  commandLine,
  environment,
  processesWith,
  kill,
  zombieChildren,
  type Witnessed,
} from './processes.ts';

const PROGRAMS = fileURLToPath(new URL('../programs', import.meta.url));
const MARK = 'TSVISOR_SANDBOX';

export interface RunOptions {
  /** Words before the command, e.g. `['setpriv', '--reuid=1000']`. */
  readonly through?: readonly string[];
  /** Another config than the sandbox's own. */
  readonly config?: string;
}

export interface Sandbox {
  readonly folder: string;
  readonly config: string;
  /** The variable by which residents are known, for what a test starts by other means. */
  readonly mark: Readonly<Record<string, string>>;
  path(name: string): string;
  /** Empty when there is no such file. */
  read(name: string): string;
  touch(name: string): void;
  /** A `[program:NAME]` section that runs a program of test/programs in the sandbox's folder; startsecs is 0. */
  program(name: string, command: string, keys?: Readonly<Record<string, string | number>>): string;
  /** Writes `supervisord.conf`: the sandbox's own settings, then `sections`. */
  write(...sections: readonly string[]): void;
  /** Writes any file and returns its path. */
  writeFile(name: string, text: string): string;
  /** `tsvisor WORDS -c <the config>`. */
  tsvisor(words: readonly string[], options?: RunOptions): Promise<Said>;
  /** Starts the supervisor and throws what it said when that fails. */
  start(options?: RunOptions): Promise<void>;
  status(): Promise<StatusReply>;
  /** One process of the status, by `name` or `group:name`. */
  process(name: string): Promise<ProcessStatus>;
  /** Resolves when every named process (all without names) is in `state`. */
  reach(state: string, ...names: readonly string[]): Promise<StatusReply>;
  /** The same for one process, which it returns. */
  reachProcess(name: string, state: string): Promise<ProcessStatus>;
  /** The same as `reach` under another supervisor than the one with pid `old`. */
  reachAfter(old: number, state: string): Promise<StatusReply>;
  /** What the programs wrote: pids of `leader` or `member` lines, in order. */
  diary(kind: 'leader' | 'member'): readonly number[];
  journal(): string;
  /** Live processes that were started in this sandbox or work in it, tsvisor's own included. */
  residents(): readonly Witnessed[];
  /** Those of them that are still there after `ms`; returns at once when there are none. */
  leftAfter(ms: number): Promise<readonly Witnessed[]>;
  /** The residents that are members of programs. */
  members(): readonly Witnessed[];
  /** The supervisor, found without asking it: the resident that runs daemon.js. */
  daemons(): readonly Witnessed[];
  /** Dead children of residents that nobody has reaped. */
  zombies(): readonly number[];
  /** Kills all residents: what the test itself left, tsvisor had no part in. */
  killAll(): Promise<unknown>;
  /** Stops tsvisor and throws if a process, a cgroup or a socket of it remains. */
  close(): Promise<void>;
}

const settings = (folder: string): string => `[supervisord]
logfile=${folder}/supervisor.log
pidfile=${folder}/supervisor.pid
childlogdir=${folder}
runtime_dir=${folder}/run
loglevel=debug
`;

const cleanEnvironment = (folder: string): NodeJS.ProcessEnv => {
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  return { ...inherited, [MARK]: folder };
};

const instancesOf = (residents: readonly Witnessed[]): readonly string[] => [
  ...new Set(residents.flatMap(({ pid }) => environment(pid, 'TSVISOR_COOKIE')?.split(':')[0] ?? [])),
];

/** Everything that should have gone with the supervisor, in words; an empty list is a clean house. */
const remainsOf = (folder: string, instances: ReadonlySet<string>): readonly string[] => [
  ...processesWith(folder, MARK).map(({ pid }) => `process ${pid}`),
  ...[...instances].flatMap((instance) => [
    ...cgroupsOf(instance).map((cgroup) => `cgroup ${cgroup}`),
    ...socketsNaming(instance).map((line) => `socket ${line}`),
  ]),
  ...socketsNaming(folder).map((line) => `socket ${line}`),
  ...['run/tsvisor.sock', 's.sock']
    .filter((name) => existsSync(join(folder, name)))
    .map((name) => `file ${name}`),
];

const killAll = (folder: string): Promise<unknown> =>
  until('the sandbox empty', () => {
    const left = processesWith(folder, MARK);
    for (const { pid } of left) kill(pid);
    return left.length === 0;
  });

const matches = (status: ProcessStatus, name: string): boolean =>
  status.name === name || `${status.group}:${status.name}` === name;

const isReached = ({ processes }: StatusReply, state: string, names: readonly string[]): boolean => {
  const wanted = processes.filter(
    (status) => names.length === 0 || names.some((name) => matches(status, name)),
  );
  return wanted.length > 0 && wanted.every((status) => status.state === state);
};

const createSandbox = (): Sandbox => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-e2e-'));
  // Programs that run as another user write here too.
  chmodSync(folder, 0o777);
  const config = join(folder, 'supervisord.conf');
  const env = cleanEnvironment(folder);
  const instances = new Set<string>();

  const sandbox: Sandbox = {
    folder,
    config,
    mark: { [MARK]: folder },
    path: (name) => join(folder, name),
    read: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''),
    touch: (name) => writeFileSync(join(folder, name), ''),
    program: (name, command, keys = {}) =>
      Object.entries({ directory: folder, redirect_stderr: true, startsecs: 0, ...keys }).reduce(
        (text, [key, value]) => `${text}${key}=${value}\n`,
        `[program:${name}]\ncommand=/bin/sh ${PROGRAMS}/${command}\nstdout_logfile=${folder}/${name}.log\n`,
      ),
    writeFile: (name, text) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    write: (...sections) => writeFileSync(config, [settings(folder), ...sections].join('\n')),
    tsvisor: (words, options = {}) =>
      run(
        [...(options.through ?? []), process.execPath, CLI, ...words, '-c', options.config ?? config],
        env,
        folder,
      ),
    async start(options) {
      const said = await sandbox.tsvisor(['start'], options);
      if (said.code !== 0) throw new Error(`cannot start: ${said.code}: ${said.stdout}${said.stderr}`);
    },
    status() {
      for (const instance of instancesOf(sandbox.residents())) instances.add(instance);
      return createClient(sandbox.path('run/tsvisor.sock')).status();
    },
    async process(name) {
      const found = (await sandbox.status()).processes.find((status) => matches(status, name));
      if (found === undefined) throw new Error(`cannot find ${name} in the status`);
      return found;
    },
    reach: (state, ...names) =>
      until(
        `${names.join(', ') || 'everything'} ${state}`,
        async () => {
          const reply = await sandbox.status().catch(() => null);
          return reply !== null && isReached(reply, state, names) ? reply : null;
        },
        { within: 20_000, every: 20 },
      ),
    async reachProcess(name, state) {
      await sandbox.reach(state, name);
      return sandbox.process(name);
    },
    reachAfter: (old, state) =>
      until(
        `everything ${state} under a new supervisor`,
        async () => {
          const reply = await sandbox.status().catch(() => null);
          return reply !== null && reply.supervisor.pid !== old && isReached(reply, state, []) ? reply : null;
        },
        { within: 20_000, every: 20 },
      ),
    diary: (kind) =>
      sandbox
        .read('diary')
        .split('\n')
        .filter((line) => line.startsWith(`${kind} `))
        .map((line) => Number(line.slice(kind.length + 1))),
    journal: () => sandbox.read('supervisor.log'),
    residents: () => processesWith(folder, MARK),
    leftAfter: (ms) =>
      until('nobody left', () => sandbox.residents().length === 0, { within: ms, every: 20 }).then(
        () => [],
        () => sandbox.residents(),
      ),
    members: () => sandbox.residents().filter(({ pid }) => environment(pid, 'TSVISOR_COOKIE') !== null),
    daemons: () => sandbox.residents().filter(({ pid }) => /^\S*node .*daemon\.js/.test(commandLine(pid))),
    zombies: () => zombieChildren(sandbox.residents().map(({ pid }) => pid)),
    killAll: () => killAll(folder),
    async close() {
      for (const instance of instancesOf(sandbox.residents())) instances.add(instance);
      const isUp = sandbox.residents().length > 0 && existsSync(sandbox.path('run/tsvisor.sock'));
      const stop = isUp ? await sandbox.tsvisor(['stop']) : null;
      const remains = remainsOf(folder, instances);
      await killAll(folder);
      const journal = sandbox.journal();
      rmSync(folder, { recursive: true, force: true });
      if (remains.length > 0)
        throw new Error(
          `tsvisor left behind: ${remains.join('; ')}\nstop said: ${stop?.stderr ?? '(not asked)'}\njournal:\n${journal}`,
        );
    },
  };
  return sandbox;
};

/** A sandbox for the running test; what remains in it at the end fails that test. */
export const openSandbox = (): Sandbox => {
  assertBuilt();
  const sandbox = createSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
};
