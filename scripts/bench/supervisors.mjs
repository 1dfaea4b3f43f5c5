// How are the two supervisors started, asked and ended? One set of verbs for both, over one config file.

import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../observe/wait.mjs';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const run = promisify(execFile);

/** Both read this file; supervisord does not know `runtime_dir` and passes over it. Logs are on, as in life. */
export const writeConfig = (sandbox, programs) => {
  const path = sandbox.file('supervisord.conf');
  const sections = programs.map(
    ({ name, command, keys = '' }) =>
      `[program:${name}]\ncommand=${command}\n` +
      `stdout_logfile=${sandbox.file(`${name}.out`)}\nstderr_logfile=${sandbox.file(`${name}.err`)}\n${keys}`,
  );
  writeFileSync(
    path,
    `[supervisord]
logfile=${sandbox.file('supervisor.log')}
pidfile=${sandbox.file('supervisor.pid')}
childlogdir=${sandbox.folder}
runtime_dir=${sandbox.file('run')}
minfds=4096
[unix_http_server]
file=${sandbox.file('s.sock')}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
${sections.join('')}`,
  );
  return path;
};

/** Sends one request over a unix socket; resolves with the body of the reply. */
const post = ({ socketPath, method = 'POST', path, type, body }) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
    const call = request({ socketPath, method, path, headers }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (part) => (text += part));
      reply.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.end(body);
  });

const begin = (sandbox, file, args) => {
  const child = spawn(file, args, {
    env: sandbox.env,
    cwd: sandbox.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`cannot start ${file}: exit status ${code}: ${said}`)),
    );
  });
};

const xmlrpc = (sandbox, method) =>
  post({
    socketPath: sandbox.file('s.sock'),
    path: '/RPC2',
    type: 'text/xml',
    body: `<?xml version="1.0"?><methodCall><methodName>supervisor.${method}</methodName><params/></methodCall>`,
  });

const pidOfSupervisord = (sandbox) => {
  const path = sandbox.file('supervisor.pid');
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) || null : null;
};

const supervisord = {
  name: 'supervisord',
  isPresent: () => spawnSync('supervisord', ['--version']).status === 0,
  version: () => spawnSync('supervisord', ['--version'], { encoding: 'utf8' }).stdout.trim(),
  start: (sandbox, config) => begin(sandbox, 'supervisord', ['-c', config]),
  /** The pids whose cost is the supervisor's, the one that is killed in front. */
  pids: async (sandbox) => [await until('the pid file', () => pidOfSupervisord(sandbox))],
  countRunning: async (sandbox) => {
    const reply = await xmlrpc(sandbox, 'getAllProcessInfo');
    return reply.split('<string>RUNNING</string>').length - 1;
  },
  stopAll: (sandbox) => xmlrpc(sandbox, 'stopAllProcesses'),
  shutdown: async (sandbox) => {
    await xmlrpc(sandbox, 'shutdown');
    await until('the end of supervisord', () => pidOfSupervisord(sandbox) === null, {
      within: 30_000,
      every: 20,
    });
  },
};

const tsvisorCli = (sandbox, ...args) => run(process.execPath, [CLI, ...args], { env: sandbox.env });

const statusOf = async (sandbox) =>
  JSON.parse(
    await post({
      socketPath: sandbox.file('run/tsvisor.sock'),
      method: 'GET',
      path: '/api/v1/status',
      type: 'application/json',
      body: '',
    }),
  );

const tsvisor = {
  name: 'tsvisor',
  isPresent: () => existsSync(CLI),
  version: () => spawnSync(process.execPath, [CLI, 'version'], { encoding: 'utf8' }).stdout.trim(),
  start: (sandbox, config) => begin(sandbox, process.execPath, [CLI, 'start', '-c', config]),
  pids: async (sandbox) => {
    const { supervisor } = await statusOf(sandbox);
    return [supervisor.pid, supervisor.guardian.pid].filter((pid) => pid > 0);
  },
  countRunning: async (sandbox) => {
    const { processes } = await statusOf(sandbox);
    return processes.filter((each) => each.state === 'RUNNING').length;
  },
  stopAll: (sandbox) =>
    post({
      socketPath: sandbox.file('run/tsvisor.sock'),
      path: '/api/v1/stop',
      type: 'application/json',
      body: JSON.stringify({ names: ['all'], wait: true }),
    }),
  shutdown: (sandbox) => tsvisorCli(sandbox, 'shutdown', '-c', sandbox.file('supervisord.conf')),
};

export const SUPERVISORS = [supervisord, tsvisor];
