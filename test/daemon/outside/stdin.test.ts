// Do bytes reach a program's stdin whole, and does a program that does not read stop nobody?

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { StdinPipe } from '../../../src/daemon/process/stdin-pipe.ts';
import { createClock } from '../../../src/kernel/clock.ts';
import { ManualClock } from '../../kernel/manual-clock.ts';

vi.setConfig({ testTimeout: 30_000 });

const makePipe = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-stdin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync('mkfifo', [join(folder, 'stdin')]);
  return join(folder, 'stdin');
};

/** A program as the guardian starts one: its stdin is the pipe, open for both directions. */
const start = (path: string, command: string) => {
  const fd = openSync(path, constants.O_RDWR);
  const child = spawn('/bin/sh', ['-c', command], { stdio: [fd, 'pipe', 'ignore'] });
  closeSync(fd);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

test('sends what is larger than a pipe to a program that reads late', async () => {
  const path = makePipe();
  const child = start(path, 'read -r _; head -c 300000 | sha1sum');
  const pipe = new StdinPipe(path, createClock());
  expect(pipe.send(Buffer.from(`go\n${'x'.repeat(300_000)}`))).toBe('sent');
  let said = '';
  child.stdout?.on('data', (bytes) => (said += String(bytes)));
  await once(child, 'close');
  const wanted = execFileSync('/bin/sh', ['-c', `printf '${'x'.repeat(3000)}%.0s' $(seq 100) | sha1sum`]);
  expect(said).toBe(wanted.toString());
});

test('says that a program is gone', async () => {
  const path = makePipe();
  const pipe = new StdinPipe(path, createClock());
  expect(pipe.send(Buffer.from('x'))).toBe('gone');
  const child = start(path, 'exit 0');
  await once(child, 'exit');
  expect(pipe.send(Buffer.from('x'))).toBe('gone');
});

test('refuses more than a mebibyte for a program that does not read, and forgets it when that ends', async () => {
  const path = makePipe();
  const child = start(path, 'sleep 60');
  const pipe = new StdinPipe(path, createClock());
  expect(pipe.send(Buffer.alloc(1_000_000))).toBe('sent');
  expect(pipe.send(Buffer.alloc(200_000))).toBe('full');
  pipe.clear();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const next = start(path, 'read -r line; echo "$line"');
  expect(pipe.send(Buffer.from('fresh\n'))).toBe('sent');
  const [said] = await once(next.stdout ?? next, 'data');
  expect(String(said)).toBe('fresh\n');
});

test('tells a sender that waits when all is taken, one after the other', async () => {
  const path = makePipe();
  const child = start(path, 'head -c 400002 | tr -s xyz');
  const pipe = new StdinPipe(path, createClock());
  const both = ['x', 'y'].map((letter) => pipe.deliver(Buffer.from(letter.repeat(200_000))));
  expect([pipe.send(Buffer.from('z')), pipe.send(Buffer.from('z'))]).toEqual(['sent', 'sent']);
  let said = '';
  child.stdout?.on('data', (bytes) => (said += String(bytes)));
  expect(await Promise.all(both)).toEqual(['sent', 'sent']);
  await once(child, 'close');
  expect(said).toBe('xyz');
});

test('tells a sender that waits how much a program left that reads nothing, and that it has ended', async () => {
  const path = makePipe();
  const child = start(path, 'exec sleep 60');
  const clock = new ManualClock();
  const pipe = new StdinPipe(path, clock);
  const [delivery, behind] = [pipe.deliver(Buffer.alloc(100_000)), pipe.deliver(Buffer.alloc(10))];
  clock.advance(6000);
  expect(await Promise.all([delivery, behind])).toEqual([{ left: 100_000 - 65_536 }, { left: 10 }]);
  expect(clock.armed).toBe(0);
  const next = pipe.deliver(Buffer.alloc(10));
  child.kill('SIGKILL');
  await once(child, 'exit');
  clock.advance(10);
  expect(await next).toBe('gone');
});
