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
export const writeConfig = (lodging, programs) => {
  const path = lodging.file('supervisord.conf');
  const sections = programs.map(
    ({ name, command, keys = '' }) =>
      `[program:${name}]\ncommand=${command}\n` +
      `stdout_logfile=${lodging.file(`${name}.out`)}\nstderr_logfile=${lodging.file(`${name}.err`)}\n${keys}`,
  );
  writeFileSync(
    path,
    `[supervisord]
logfile=${lodging.file('supervisor.log')}
pidfile=${lodging.file('supervisor.pid')}
childlogdir=${lodging.folder}
runtime_dir=${lodging.file('run')}
minfds=4096
[unix_http_server]
file=${lodging.file('s.sock')}
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

const begin = (lodging, file, args) => {
  const child = spawn(file, args, {
    env: lodging.env,
    cwd: lodging.folder,
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

const xmlrpc = (lodging, method) =>
  post({
    socketPath: lodging.file('s.sock'),
    path: '/RPC2',
    type: 'text/xml',
    body: `<?xml version="1.0"?><methodCall><methodName>supervisor.${method}</methodName><params/></methodCall>`,
  });

const pidOfSupervisord = (lodging) => {
  const path = lodging.file('supervisor.pid');
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) || null : null;
};

const supervisord = {
  name: 'supervisord',
  isPresent: () => spawnSync('supervisord', ['--version']).status === 0,
  version: () => spawnSync('supervisord', ['--version'], { encoding: 'utf8' }).stdout.trim(),
  start: (lodging, config) => begin(lodging, 'supervisord', ['-c', config]),
  /** The pids whose cost is the supervisor's, the one that is killed in front. */
  pids: async (lodging) => [await until('the pid file', () => pidOfSupervisord(lodging))],
  countRunning: async (lodging) => {
    const reply = await xmlrpc(lodging, 'getAllProcessInfo');
    return reply.split('<string>RUNNING</string>').length - 1;
  },
  stopAll: (lodging) => xmlrpc(lodging, 'stopAllProcesses'),
  shutdown: async (lodging) => {
    await xmlrpc(lodging, 'shutdown');
    await until('the end of supervisord', () => pidOfSupervisord(lodging) === null, {
      within: 30_000,
      every: 20,
    });
  },
};

const tsvisorCli = (lodging, ...args) => run(process.execPath, [CLI, ...args], { env: lodging.env });

const statusOf = async (lodging) =>
  JSON.parse(
    await post({
      socketPath: lodging.file('run/tsvisor.sock'),
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
  start: (lodging, config) => begin(lodging, process.execPath, [CLI, 'start', '-c', config]),
  pids: async (lodging) => {
    const { supervisor } = await statusOf(lodging);
    return [supervisor.pid, supervisor.guardian.pid].filter((pid) => pid > 0);
  },
  countRunning: async (lodging) => {
    const { processes } = await statusOf(lodging);
    return processes.filter((each) => each.state === 'RUNNING').length;
  },
  stopAll: (lodging) =>
    post({
      socketPath: lodging.file('run/tsvisor.sock'),
      path: '/api/v1/stop',
      type: 'application/json',
      body: JSON.stringify({ names: ['all'], wait: true }),
    }),
  shutdown: (lodging) => tsvisorCli(lodging, 'shutdown', '-c', lodging.file('supervisord.conf')),
};

export const SUPERVISORS = [supervisord, tsvisor];
