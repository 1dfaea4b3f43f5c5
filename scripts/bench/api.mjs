// How fast does the API answer, and does a client that does not read delay the others?

import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { privateDirty } from '../observe/processes.mjs';
import { allRunning, median, onScene, programs } from './scene.mjs';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const LOG_BYTES = 16 * 2 ** 20;

const callText = (method, params = '') =>
  `<?xml version="1.0"?><methodCall><methodName>supervisor.${method}</methodName><params>${params}</params></methodCall>`;

const READ_LOG = callText(
  'readProcessStdoutLog',
  '<param><value><string>app-000</string></value></param><param><value><int>0</int></value></param><param><value><int>0</int></value></param>',
);

/** Bytes of one reply. */
const ask = (socketPath, body, agent) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) };
    const call = request({ socketPath, agent, method: 'POST', path: '/RPC2', headers }, (reply) => {
      let size = 0;
      reply.on('data', (part) => (size += part.length));
      reply.on('end', () => resolve(size));
      reply.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });

const timed = async (act) => {
  const began = performance.now();
  await act();
  return performance.now() - began;
};

const times = async (count, act) => {
  const all = [];
  for (let round = 0; round < count; round += 1) all.push(await timed(act));
  return all;
};

/** Milliseconds per request over `connections` that are kept. */
const perRequest = async (socketPath, body, { connections, count }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const each = Math.ceil(count / connections);
  const total = await timed(() =>
    Promise.all(
      Array.from({ length: connections }, async () => {
        for (let round = 0; round < each; round += 1) await ask(socketPath, body, agent);
      }),
    ),
  );
  agent.destroy();
  return total / (each * connections);
};

const cliCommand = ({ supervisor, config }) =>
  supervisor.name === 'tsvisor'
    ? [process.execPath, [CLI, 'status', '-c', config]]
    : ['supervisorctl', ['-c', config, 'status']];

const cliStatus = async (scene, rounds) => {
  const [file, args] = cliCommand(scene);
  // Exit status 3 says that something is not running; the time is the same.
  return median(
    await times(rounds, () =>
      run(file, args, { env: scene.sandbox.env, maxBuffer: 2 ** 26 }).catch(() => null),
    ),
  );
};

/** Milliseconds that a subcommand takes to start and end, over a Node that does nothing. */
const starts = async ({ sandbox, config }, rounds) => {
  const timesOf = (args) =>
    times(rounds, () => run(process.execPath, args, { env: sandbox.env }).catch(() => null));
  const bare = median(await timesOf(['-e', '0']));
  const over = async (...words) => median(await timesOf([CLI, ...words])) - bare;
  return {
    startStatus: await over('status', '-c', config),
    startCtl: await over('ctl', '-c', config, 'status'),
    startCheck: await over('check', '-c', config),
  };
};

/** Asks for a long log and never reads the reply. */
const stall = (socketPath) =>
  new Promise((resolve) => {
    const socket = connect(socketPath, () => {
      socket.write(`POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: ${READ_LOG.length}\r\n\r\n${READ_LOG}`);
      socket.pause();
      resolve(socket);
    });
    socket.on('error', () => socket.destroy());
  });

const memoryOf = async ({ supervisor, sandbox }) =>
  (await supervisor.pids(sandbox)).reduce((sum, pid) => sum + privateDirty(pid), 0) / 2 ** 20;

const stalled = async (scene, socket) => {
  const before = await memoryOf(scene);
  const stallers = await Promise.all(Array.from({ length: 4 }, () => stall(socket)));
  const agent = new Agent({ keepAlive: true });
  const others = await times(300, () => ask(socket, callText('getState'), agent));
  agent.destroy();
  for (const staller of stallers) staller.destroy();
  await after(1000);
  return { worst: Math.max(...others), kept: Math.max(0, (await memoryOf(scene)) - before) };
};

const measureLogs = async (scene, socket, rounds) => {
  appendFileSync(scene.sandbox.file('app-000.out'), Buffer.alloc(LOG_BYTES, 'a line of a log\n'));
  const log = median(await times(rounds, () => ask(socket, READ_LOG)));
  const { worst, kept } = await stalled(scene, socket);
  return { log, worst, kept };
};

const measureOne = (context) =>
  onScene({ ...context, cast: programs('app', 1) }, async (scene) => {
    await allRunning(scene);
    const socket = scene.sandbox.file('s.sock');
    const rounds = context.quick ? 3 : 7;
    const cli1 = await cliStatus(scene, rounds);
    // Of tsvisor only: supervisorctl's start is part of its status above.
    const own = context.supervisor.name === 'tsvisor' ? await starts(scene, context.quick ? 5 : 15) : {};
    await perRequest(socket, callText('getState'), { connections: 4, count: 500 });
    const state = await perRequest(socket, callText('getState'), {
      connections: 4,
      count: context.quick ? 2000 : 10_000,
    });
    return { cli1, ...own, state, ...(await measureLogs(scene, socket, rounds)) };
  });

const measureMany = (context) =>
  onScene({ ...context, cast: programs('app', 500) }, async (scene) => {
    await allRunning(scene);
    const socket = scene.sandbox.file('s.sock');
    const agent = new Agent({ keepAlive: true });
    const infos = callText('getAllProcessInfo');
    const p50 = median(await times(context.quick ? 5 : 25, () => ask(socket, infos, agent)));
    agent.destroy();
    const rate = await perRequest(socket, infos, { connections: 8, count: context.quick ? 40 : 200 });
    return { p50, rate, cli500: await cliStatus(scene, context.quick ? 3 : 7) };
  });

export const api = {
  name: 'api',
  async measure(context) {
    return { ...(await measureOne(context)), ...(await measureMany(context)) };
  },
  lines: [
    { key: 'cli1', label: 'status on the command line, 1 program', unit: 'ms', target: 80 },
    { key: 'cli500', label: '   500 programs', unit: 'ms', target: 130 },
    { key: 'startStatus', label: 'over the start of bare Node: status', unit: 'ms', target: 20 },
    { key: 'startCtl', label: '   ctl status', unit: 'ms', target: 20 },
    { key: 'startCheck', label: '   check', unit: 'ms', target: 20 },
    { key: 'p50', label: 'getAllProcessInfo, 500 programs, median', unit: 'ms', target: 10 },
    { key: 'rate', label: '   8 connections, per request', unit: 'ms', target: 2 },
    { key: 'state', label: 'getState, connections kept, per request', unit: 'ms', target: 'peer' },
    { key: 'worst', label: 'getState, worst, while 4 clients do not read 16 MB', unit: 'ms', target: 10 },
    { key: 'kept', label: '   memory kept afterwards', unit: 'MB', target: 5 },
    { key: 'log', label: 'readProcessStdoutLog, 16 MB', unit: 'ms', target: 500 },
  ],
};
