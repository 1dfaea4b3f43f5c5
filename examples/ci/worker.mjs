// A worker with a family: it listens on a port, forks a child and a stray that leaves the session, and eats memory when told to.
//
// usage: node worker.mjs NAME PORT
//
// One line on the TCP port is one order, one line of JSON the answer:
//   who           its processes: { name, leader, child, stray }
//   eat           the leader itself eats memory
//   eat-in-child  a process that its child forks does
//
// "Eats memory" ends at 400 MB, so that no machine is hurt where no limit could be set.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const CHUNK = 8 * 1024 * 1024;
const ENOUGH = 400 * 1024 * 1024;

const [name = 'worker', port = '0'] = process.argv.slice(2);
const say = (text) => process.stdout.write(`${name} ${process.pid} ${text}\n`);

// Node closes the descriptors it was not told of, so the lock that run.sh took as descriptor 9 is passed on by name.
const LOCK = 9;
const withLock = (...stdio) => [
  ...stdio,
  ...Array.from({ length: LOCK - stdio.length }, () => 'ignore'),
  LOCK,
];

const child = spawn('/bin/sh', ['child.sh'], { stdio: withLock('pipe', 'inherit', 'inherit') });

/** A new session and a double fork: its parent is gone at once, so no walk from parent to child finds it. */
const leaveStray = () =>
  new Promise((resolve) => {
    const launcher = spawn('/bin/sh', ['-c', 'sh stray.sh 3>&- & echo $! >&3'], {
      detached: true,
      stdio: withLock('ignore', 'inherit', 'inherit', 'pipe'),
    });
    launcher.stdio[3].once('data', (text) => resolve(Number(text)));
  });

const eaten = [];
const eat = () => {
  eaten.push(Buffer.alloc(CHUNK, 1));
  if (eaten.length * CHUNK < ENOUGH) setImmediate(eat);
  else say('has eaten 400 MB and is still alive: no limit holds it');
};

const stray = await leaveStray();

const ORDERS = {
  who: () => ({ name, leader: process.pid, child: child.pid, stray }),
  eat: () => {
    setImmediate(eat);
    return { name, eats: 'leader' };
  },
  'eat-in-child': () => {
    child.stdin.write('eat\n');
    return { name, eats: 'child' };
  },
};

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => {
    const order = Object.hasOwn(ORDERS, line) ? ORDERS[line] : () => ({ error: 'no such order' });
    socket.write(`${JSON.stringify(order())}\n`);
  });
});
server.on('error', (error) => {
  say(`conflict: cannot listen on port ${port}: ${error.code}`);
  process.exit(1);
});
server.listen(Number(port), '127.0.0.1', () => say(`listens on port ${port}`));

process.on('SIGTERM', () => process.exit(0));
