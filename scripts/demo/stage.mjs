// On what is the demo played? examples/ci copied into a sandbox, on free ports, under a tsvisor of its own.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openSandbox } from '../observe/sandbox.mjs';
import { identify, variable } from '../observe/processes.mjs';
import { until } from '../observe/wait.mjs';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const CLIENT = new URL('../../dist/api/client.js', import.meta.url);
const EXAMPLE = fileURLToPath(new URL('../../examples/ci', import.meta.url));
const EXAMPLE_PORTS = { 'app-1': 7411, 'app-2': 7412 };
const run = promisify(execFile);

export const isBuilt = () => existsSync(CLI);

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** The example's config with free ports, and a runtime folder that goes when the sandbox goes. */
const settle = async (sandbox) => {
  cpSync(EXAMPLE, sandbox.folder, { recursive: true });
  const config = sandbox.file('supervisord.conf');
  const ports = {};
  let text = readFileSync(config, 'utf8').replace('[supervisord]', '[supervisord]\nruntime_dir=%(here)s/run');
  for (const [name, port] of Object.entries(EXAMPLE_PORTS)) {
    ports[name] = await freePort();
    text = text.replace(`${name} ${port}`, `${name} ${ports[name]}`);
  }
  writeFileSync(config, text);
  return { config, ports };
};

/** One order to a worker's port; its answer, or null while nobody listens. */
export const order = (port, text) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${text}\n`));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (answer) => {
      socket.destroy();
      resolve(JSON.parse(answer));
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(null));
  });

/** The mark that tsvisor puts on every member: `<instance>:<group>:<process>:<launch>`. */
const markOf = (pid) => variable(pid, 'TSVISOR_COOKIE') ?? '';
const programOf = (pid) => markOf(pid).split(':')[2];

export const raiseStage = async () => {
  const sandbox = openSandbox('demo');
  const { config, ports } = await settle(sandbox);
  const tsvisor = (...args) => run(process.execPath, [CLI, ...args, '-c', config], { env: sandbox.env });
  sandbox.onClose(() => tsvisor('stop'));
  await tsvisor('start');
  const { createClient } = await import(CLIENT.href);
  const client = createClient(sandbox.file('run/tsvisor.sock'));
  const status = () => client.status();

  /** Status once every worker is RUNNING; null before, or while no supervisor answers. */
  const settled = async () => {
    const reply = await status().catch(() => null);
    return reply?.processes.every(({ state }) => state === 'RUNNING') ? reply : null;
  };

  return {
    names: Object.keys(ports),
    port: (name) => ports[name],
    status,
    running: () => until('both workers running', settled, { within: 20_000, every: 20 }),
    /** Leader, child, stray and whatever they forked: identities of all live members of one worker. */
    family: (name) =>
      sandbox
        .residents()
        .filter(({ pid }) => programOf(pid) === name)
        .map(({ pid }) => identify(pid))
        .filter((identity) => identity !== null),
    /** From how many launches of a worker are its live members? */
    lives: (name) =>
      new Set(
        sandbox
          .residents()
          .map(({ pid }) => markOf(pid))
          .filter((mark) => mark.split(':')[2] === name),
      ).size,
    /** What the workers said of a taken port or lock. */
    conflicts: () =>
      readdirSync(sandbox.file('logs'))
        .filter((name) => /^app-\d\.log$/.test(name))
        .flatMap((name) => readFileSync(sandbox.file(`logs/${name}`), 'utf8').split('\n'))
        .filter((line) => line.includes('conflict')),
    journal: () => readFileSync(sandbox.file('logs/supervisor.log'), 'utf8'),
    stop: () => tsvisor('stop'),
    residents: sandbox.residents,
    close: sandbox.close,
  };
};
