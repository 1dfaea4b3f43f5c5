// A supervisor that is played: how it is born, and what it answers, is told by TSVISOR_TEST_BIRTH. Stands in dist/daemon.js.

import { closeSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { createApi } from './api/server.js';
import { instanceOf, lockName } from './config/runtime.js';

const { values } = parseArgs({
  options: { config: { type: 'string' }, runtime: { type: 'string' }, foreground: { type: 'boolean' } },
});
const socket = `${values.runtime}/tsvisor.sock`;
const started = Date.now() / 1000;

const tell = (text) => {
  if (values.foreground === true) return;
  writeSync(4, text);
  closeSync(4);
};

const status = () => ({
  supervisor: {
    version: '0.1.0',
    identifier: 'supervisor',
    mood: 'RUNNING',
    pid: process.pid,
    guardian: { pid: 0, state: 'absent', score: null },
    score: 0,
    containment: 'portable',
    memoryController: null,
    config: values.config,
    socket,
    runtimeDir: values.runtime,
    started,
    pastLife: null,
    notices: ['this supervisor is played'],
  },
  processes: [],
});

/** Longer than anybody waits for one answer: the first time only. */
let busy = process.env.TSVISOR_TEST_BIRTH === 'busy' ? 2500 : 0;
const answer = async () => {
  const pause = busy;
  busy = 0;
  await new Promise((resolve) => setTimeout(resolve, pause));
  return status();
};

const takeLock = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => process.exit(193));
    server.listen(`\0${lockName(instanceOf(values.runtime))}`, resolve);
  });

const live = async () => {
  await takeLock();
  const end = async () => {
    await api.close();
    process.exit(0);
  };
  const api = createApi({
    bug: console.error,
    ask: async ({ verb }) => {
      if (verb === 'shutdown') setTimeout(end, 50);
      return verb === 'status' ? answer() : [];
    },
  });
  process.on('SIGTERM', () => process.exit(42));
  await api.listen({ path: socket });
};

switch (process.env.TSVISOR_TEST_BIRTH) {
  case 'error':
    tell('error cannot listen: the sun shines\nerror and it rains\nhint wait\n');
    process.exit(2);
    break;
  case 'crash':
    console.error('these are my last words');
    process.exit(9);
    break;
  case 'locked':
    writeFileSync(`${values.runtime}/holder.json`, JSON.stringify({ pid: 77, socket: '/s', config: '/c' }));
    process.exit(193);
    break;
  case 'silent':
    closeSync(4);
    setTimeout(live, 200);
    break;
  default:
    await live();
    tell('ready\n');
}
