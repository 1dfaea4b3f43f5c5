// Does sampling of 500 processes leave the event loop to others? Real reads of /proc, and the delay that others see.

import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { createUsage } from '../../src/kernel/usage.ts';
import { Sampler } from '../../src/metrics/sampler.ts';

const SUBJECTS = 500;
const ROUNDS = 10;
/** What the issue of every stall is: a request or an exit that waits. */
const MOST_MS = 5;

/** More programs want to run than can. */
const isCrowded = (): boolean => (loadavg()[0] ?? 0) > cpus().length;

/** As a cgroup's file is read, and its member after it. */
const members = (): readonly number[] => {
  readFileSync('/proc/self/cgroup', 'latin1');
  return [process.pid, process.ppid];
};

const openScene = () => {
  const turns: number[] = [];
  let began = process.cpuUsage();
  const subjects = Array.from({ length: SUBJECTS }, (_, index) => ({
    key: `p${index}`,
    inspect: () => ({ members: members() }),
  }));
  const sampler = new Sampler({
    subjects: () => subjects,
    usage: createUsage(),
    now: () => performance.now(),
    yieldTurn: async () => {
      const { user, system } = process.cpuUsage(began);
      turns.push((user + system) / 1000);
      await new Promise((resolve) => void setImmediate(resolve));
      began = process.cpuUsage();
    },
  });
  const round = async (): Promise<number> => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    began = process.cpuUsage();
    await sampler.fresh(0);
    // One more turn: the last slice is seen too.
    await new Promise((resolve) => void setTimeout(resolve, 2));
    delay.disable();
    return delay.max / 1e6;
  };
  return { sampler, turns, round };
};

test('sampling 500 processes keeps nobody waiting for five milliseconds', { timeout: 30_000 }, async () => {
  const { sampler, turns, round } = openScene();
  const delays: number[] = [];
  for (let index = 0; index < ROUNDS; index += 1) delays.push(await round());
  expect(sampler.reading('p499')?.memory).toBeGreaterThan(0);
  expect(turns.length).toBeGreaterThan(ROUNDS);
  const typical = turns.toSorted((a, b) => a - b)[Math.floor(turns.length / 2)];
  expect(typical).toBeLessThan(MOST_MS);
  // What sampling itself blocks is in every round, what other programs block is not in the best of them; on a crowded machine it may be.
  if (!isCrowded()) expect(Math.min(...delays)).toBeLessThan(MOST_MS);
});
