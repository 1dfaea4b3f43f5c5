// Do lines reach journald with their name and level, over its end and return, and what becomes of them where there is none?

import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import { until } from '../until.ts';
import { plan as processPlan } from '../model/process-plan.ts';
import { OutputRouter } from '../../src/logs/output-router.ts';
import type { Outputs } from '../../src/logs/open-outputs.ts';
import type { LogTarget } from '../../src/model/plan.ts';
import { Journald } from '../../src/logs/journald.ts';
import { Logs } from '../../src/logs/logs.ts';
import { atEnd, clock, makeFifo, makeFolder, read } from './sandbox.ts';

vi.setConfig({ testTimeout: 30_000 });

interface Played {
  /** What each connection has sent, in the order of connecting. */
  readonly heard: string[];
  readonly stop: () => Promise<void>;
}

/** A journald that is played: a stream server on a unix socket, which ends its own half of each connection as the real one does. */
const playJournald = async (path: string, take = true): Promise<Played> => {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.end();
    const index = heard.push('') - 1;
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    if (take) socket.setEncoding('utf8').on('data', (text: string) => (heard[index] += text));
    else socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  atEnd(() => void stop());
  return { heard, stop };
};

const HEADER = (identifier: string, priority: number): string => `${identifier}\n\n${priority}\n1\n0\n0\n0\n`;

const open = (path: string, time = clock): { journald: Journald; said: string[] } => {
  const said: string[] = [];
  return { journald: new Journald({ clock: time, trouble: (text) => void said.push(text) }, path), said };
};

test('each output is a stream of its own, with its name and its level', async () => {
  const path = join(makeFolder(), 'stdout');
  const { heard } = await playJournald(path);
  const { journald } = open(path);
  const out = journald.open({ identifier: 'ci:app', stream: 'stdout' });
  const err = journald.open({ identifier: 'ci:app', stream: 'stderr' });
  expect(out.write(Buffer.from('one\ntw'))).toBe(true);
  await until('the first stream', () => heard.length === 1);
  err.write(Buffer.from('<3>oh\n'));
  out.write(Buffer.from('o\nlast words'));
  out.end();
  out.write(Buffer.from('another life\n'));
  await journald.flush();
  await until('all', () => heard.join('').includes('another') && heard.join('').includes('oh'));
  expect(heard).toEqual([
    `${HEADER('ci:app', 6)}one\ntwo\nlast words\nanother life\n`,
    `${HEADER('ci:app', 5)}<3>oh\n`,
  ]);
  out.close();
  err.close();
});

test('a journald that ends is said once, what is lost is counted, and it is found again when it is back', async () => {
  const path = join(makeFolder(), 'stdout');
  const first = await playJournald(path);
  const time = new ManualClock();
  const { journald, said } = open(path, time);
  const log = journald.open({ identifier: 'app', stream: 'stdout' });
  log.write(Buffer.from('one\n'));
  await until('the first line', () => first.heard.join('').endsWith('one\n'));
  await first.stop();
  await until('the complaint', () => log.write(Buffer.from('lost\n')) && said.length > 0);
  expect(said).toEqual([expect.stringMatching(/^cannot write log journald: broken pipe \(EPIPE\)/)]);
  expect(log.failure).not.toBeNull();
  expect(log.write(Buffer.from('lost\n'))).toBe(true);
  time.advance(1000);
  rmSync(path, { force: true });
  log.write(Buffer.from('lost too\n'));
  await until('the refusal', () => log.write(Buffer.from('')) && log.failure?.code === 'ENOENT');
  const second = await playJournald(path);
  time.advance(1000);
  log.write(Buffer.from('back\n'));
  await until('the line', () => second.heard.join('').endsWith('back\n'));
  expect(second.heard).toEqual([`${HEADER('app', 6)}back\n`]);
  expect(said.slice(1)).toEqual([
    expect.stringMatching(/^log journald is written again: \d+ bytes were lost$/),
  ]);
  log.close();
});

test('a slow journald makes its writer wait, and no more is kept than may be', async () => {
  const path = join(makeFolder(), 'stdout');
  const { stop } = await playJournald(path, false);
  const { journald, said } = open(path);
  const log = journald.open({ identifier: 'app', stream: 'stdout' });
  let written = 0;
  while (log.write(Buffer.alloc(65_536, 'x'))) written += 1;
  expect(written).toBeLessThan(64);
  let ready = false;
  log.ready(() => (ready = true));
  expect(ready).toBe(false);
  while (said.length === 0) log.write(Buffer.alloc(65_536, 'x'));
  expect(said[0]).toMatch(/journald is too slow/);
  await stop();
  await until('the release of who waits', () => ready);
  log.close();
});

const JOURNALD: LogTarget = { kind: 'journald', maxBytes: 0, backups: 0 };

const openRouter = (journald: string | null) => {
  const folder = makeFolder();
  const logs = new Logs(clock, journald ?? undefined);
  const said: string[] = [];
  logs.onTrouble((text) => said.push(text));
  const owner = { directory: folder, identifier: 'supervisor', instance: '12345678' };
  const router = new OutputRouter({ logs, owner, clock, strip: false, journald });
  const plan = processPlan({ stdout: JOURNALD, stderr: JOURNALD, name: 'app', group: 'ci' });
  const pipes = { stdout: makeFifo(folder, 'out'), stderr: makeFifo(folder, 'err') };
  const outputs: Outputs | string = router.open(plan, pipes);
  if (typeof outputs === 'string') throw new Error(outputs);
  atEnd(() => outputs.close());
  return { router, plan, pipes, outputs, said };
};

test('the outputs of a process go there whole, and have no path', async () => {
  const path = join(makeFolder(), 'stdout');
  const { heard } = await playJournald(path);
  const { router, plan, pipes, outputs, said } = openRouter(path);
  appendFileSync(pipes.stdout, 'said\n');
  appendFileSync(pipes.stderr, 'complained');
  outputs.start(4711);
  await outputs.drain();
  outputs.lastWords();
  await until('both', () => heard.join('').includes('said\n') && heard.join('').includes('complained\n'));
  expect(heard.toSorted()).toEqual([`${HEADER('ci:app', 5)}complained\n`, `${HEADER('ci:app', 6)}said\n`]);
  expect(router.path(plan, 'stdout')).toBe('');
  expect(said).toEqual([]);
});

test.each([
  ['that is not there', join('/nonexistent', 'stdout')] as const,
  ['that cannot be used', null] as const,
])('a journald %s is said once, and AUTO logs take its place', async (_, path) => {
  const { router, plan, pipes, outputs, said } = openRouter(path);
  appendFileSync(pipes.stdout, 'said\n');
  outputs.start(4711);
  await outputs.drain();
  expect(read(router.path(plan, 'stdout'))).toBe('said\n');
  expect(said).toEqual([expect.stringMatching(/^there is no journald here: .* AUTO logs/)]);
});

const DAEMON = '/lib/systemd/systemd-journald';
const READER = '/usr/bin/journalctl';

/** Its own /run, which goes with it; the machine's kernel log and audit are left alone. */
const OWN_RUN = `mount -t tmpfs none /run && mkdir -p /run/systemd/journal /run/systemd/journald.conf.d /run/log/journal &&
printf '[Journal]\\nStorage=volatile\\nAudit=no\\nReadKMsg=no\\nForwardToWall=no\\n' > /run/systemd/journald.conf.d/test.conf &&
exec ${DAEMON}`;

const canRunJournald =
  existsSync(DAEMON) &&
  existsSync(READER) &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

const isListening = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/** Folder of its /run, seen from outside. */
const startJournald = async (): Promise<string> => {
  const child = spawn('unshare', ['-m', 'sh', '-c', OWN_RUN], { stdio: 'ignore' });
  atEnd(() => void child.kill('SIGKILL'));
  const run = `/proc/${child.pid ?? 0}/root/run`;
  // The socket's file is there before anybody listens.
  await until('its socket', () => existsSync(`${run}/systemd/journal/stdout`));
  await until('somebody who listens', () => isListening(`${run}/systemd/journal/stdout`));
  return run;
};

test.skipIf(!canRunJournald)(
  'the real journald has each line with its name, its stream and its level (needs systemd-journald and mount namespaces)',
  async () => {
    const run = await startJournald();
    const { journald, said } = open(`${run}/systemd/journal/stdout`);
    const out = journald.open({ identifier: 'ci:app', stream: 'stdout' });
    const err = journald.open({ identifier: 'ci:app', stream: 'stderr' });
    out.write(Buffer.from('plain\n<3>grave\n'));
    err.write(Buffer.from('complaint without an end'));
    err.end();
    await journald.flush();
    const entries = (): unknown[] =>
      spawnSync(READER, ['-D', `${run}/log/journal`, '-o', 'json', '-t', 'ci:app'])
        .stdout.toString()
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line));
    await until('the entries', () => entries().length === 3);
    out.write(Buffer.from('later\n'));
    await until('one more', () => entries().length === 4);
    const entry = (MESSAGE: string, PRIORITY: string): unknown =>
      expect.objectContaining({ MESSAGE, PRIORITY, SYSLOG_IDENTIFIER: 'ci:app', _TRANSPORT: 'stdout' });
    expect(entries()).toEqual(
      expect.arrayContaining([
        entry('plain', '6'),
        entry('grave', '3'),
        entry('complaint without an end', '5'),
        entry('later', '6'),
      ]),
    );
    const streams = entries().map(
      (one) => Object.entries(one ?? {}).find(([key]) => key === '_STREAM_ID')?.[1],
    );
    expect(new Set(streams).size).toBe(2);
    expect(said).toEqual([]);
    out.close();
    err.close();
  },
);
