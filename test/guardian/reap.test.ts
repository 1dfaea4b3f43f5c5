// Does a reaper own every descendant of its program, and tell what becomes of them?

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { noCompiler } from './binary.ts';
import { shoot, type Shot } from './shot.ts';
import { isAlive, openTraces, statusOf, type Traces } from './traces.ts';

let traces: Traces;
beforeEach(() => {
  traces = openTraces();
});
afterEach(() => traces.close());

const reap = (script: string, options: readonly string[] = []): Shot =>
  shoot(['reap', ...options, '--', '/bin/sh', 'sh', '-c', script], { traces });

const ESCAPES = 'sleep 1000 & setsid sleep 1000 & (setsid sh -c "sleep 1000 & exec sleep 1000" &)';

describe.skipIf(noCompiler)('a reaper (needs a C compiler)', () => {
  test('tells the leader with its start tick, the steps, and that the program runs', async () => {
    const shot = reap('cut -d" " -f22 /proc/$$/stat; exec sleep 1000', ['-o', '300']);
    await shot.line(/^running$/);
    await until('the tick', () => shot.out().endsWith('\n'));
    const [first, ...rest] = shot.said().split('\n');
    const [word, leader, tick] = first?.split(' ') ?? [];
    expect([word, tick]).toEqual(['pid', shot.out().trim()]);
    expect(statusOf(Number(leader), 'PPid')).toBe(String(shot.pid));
    expect(rest).toEqual(['score 300', 'running', '']);
    shot.socket.end('kill\n');
    expect(await shot.ended).toBe(0);
  });

  test('is empty at once when the leader ends and leaves nobody', async () => {
    const shot = reap('exit 7');
    expect(await shot.ended).toBe(0);
    expect(shot.said()).toMatch(/^pid \d+ \d+\nscore -?\d+\nrunning\nexited 7\nempty\n$/);
  });

  test('tells the signal that killed the leader', async () => {
    const shot = reap('kill -USR1 $$');
    expect(await shot.ended).toBe(0);
    expect(shot.said()).toContain('\nkilled 10\nempty\n');
  });

  test('stays while descendants of a dead leader live, and kills them when told to', async () => {
    const shot = reap(`${ESCAPES}; exit 1`);
    await shot.line(/^exited 1$/);
    await until('four members and the reaper', () => traces.pids().length === 5);
    expect(shot.said()).not.toContain('empty');
    shot.socket.write('kill\n');
    expect(await shot.ended).toBe(0);
    expect(shot.said()).toMatch(/exited 1\nempty\n$/);
    expect(traces.pids()).toEqual([]);
  });

  test('kills the leader and every escaped descendant when told to', async () => {
    const shot = reap(`${ESCAPES}; wait`);
    await until('five members and the reaper', () => traces.pids().length === 6);
    shot.socket.write('kill\n');
    expect(await shot.ended).toBe(0);
    expect(shot.said()).toMatch(/killed 9\nempty\n$/);
    expect(traces.pids()).toEqual([]);
  });

  test('kills everything when the supervisor is gone', async () => {
    const shot = reap(`${ESCAPES}; wait`);
    await until('five members and the reaper', () => traces.pids().length === 6);
    shot.socket.destroy();
    expect(await shot.ended).toBe(0);
    expect(traces.pids()).toEqual([]);
  });

  test('kills a process that forks and exits as fast as it can', async () => {
    const shot = reap(`export HOP='setsid sh -c "$HOP" & exit'; eval "$HOP"`);
    await shot.line(/^exited 0$/);
    shot.socket.write('kill\n');
    expect(await shot.ended).toBe(0);
    expect(traces.pids()).toEqual([]);
  });

  test('reaps orphans of the program', async () => {
    const shot = reap('for i in 1 2 3 4 5 6 7 8; do (sh -c "exit 1" &); done; echo up; exec sleep 1000');
    await until('all orphans started', () => shot.out() === 'up\n');
    const children = (): number[] =>
      traces.pids().filter((pid) => statusOf(pid, 'PPid') === String(shot.pid));
    await until('the leader alone', () => children().length === 1);
    shot.socket.end();
    expect(await shot.ended).toBe(0);
  });

  test('passes on the step that failed, and ends', async () => {
    const shot = shoot(['reap', '-d', '/no/such', '--', '/bin/true', 'true'], { traces });
    expect(await shot.ended).toBe(0);
    expect(shot.said()).toMatch(/^pid \d+ \d+\nscore -?\d+\nchdir 2\nexited 125\nempty\n$/);
  });

  test('ties the leader to itself: a killed reaper takes the leader along', async () => {
    const shot = reap('exec sleep 1000', ['-P', String(process.pid)]);
    const leader = Number((await shot.line(/^pid/)).split(' ')[1]);
    await shot.line(/^running/);
    process.kill(shot.pid, 'SIGKILL');
    await until('the leader gone', () => !isAlive(leader));
    expect(await shot.ended).toBe('SIGKILL');
  });

  test('pays no heed to TERM, INT and HUP', async () => {
    const shot = reap('exec sleep 1000');
    await shot.line(/^running/);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(shot.pid, signal);
    shot.socket.write('kill\n');
    expect(await shot.ended).toBe(0);
    expect(shot.said()).toMatch(/killed 9\nempty\n$/);
  });
});
