// Does the guardian of arm64 do on its machine what ours does here? Under qemu, with the real kernel below it.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { buildForArm64, canRunArm64, type Foreign } from './arm64.ts';
import { shoot, type Shot } from './shot.ts';
import { openTraces, type Traces } from './traces.ts';
import { endWards, startGuardian } from './ward.ts';

/** Two that leave the group, the session and their parent. */
const ESCAPES = `setsid sleep 1000 & (setsid sh -c 'sleep 1000 & exec sleep 1000' &)`;

describe.skipIf(!canRunArm64)(
  'the guardian of arm64 (qemu-aarch64-static, a compiler and musl for arm64)',
  () => {
    let foreign: Foreign;
    let traces: Traces;
    beforeAll(() => {
      foreign = buildForArm64();
    });
    afterAll(() => foreign.remove());
    beforeEach(() => {
      traces = openTraces();
    });
    afterEach(async () => {
      await endWards();
      await traces.close();
    });

    const start = (script: string) => startGuardian(script, foreign);
    const shot = (mode: string, options: readonly string[], script: string): Shot =>
      shoot([mode, ...options, '--', '/bin/sh', 'sh', '-c', script], { ...foreign, traces });

    test('kills whatever left group, session and parent before the next supervisor starts', async () => {
      const ward = start(
        `[ "$life" = 1 ] || { echo "$past"; sleep 1000; }
       echo ready >&3; ${ESCAPES}; sleep 1000 & echo "supervisor $$"; wait`,
      );
      const supervisor = Number((await ward.line(/^supervisor/)).split(' ')[1]);
      await until('guardian, supervisor and four members', () => ward.traces.pids().length === 6);
      const before = new Set(ward.traces.pids().filter((pid) => pid !== ward.pid));
      process.kill(supervisor, 'SIGKILL');
      expect(await ward.line(/^past/)).toMatch(/^past signal 9 killed [45] took \d+ oom \d+ \d+ stuck -$/);
      expect(ward.traces.pids().filter((pid) => before.has(pid))).toEqual([]);
    });

    test('passes TERM on to the supervisor and ends with it', async () => {
      const ward = start(
        `trap 'echo heard; exit 0' TERM; echo ready >&3; echo up; while :; do sleep 0.01; done`,
      );
      await ward.line(/^up/);
      ward.child.kill('SIGTERM');
      await ward.line(/^heard/);
      expect(await ward.ended).toBe(0);
    });

    test('sets the score before the program runs, and says it', async () => {
      const ran = shot('exec', ['-O', '432'], 'cat /proc/self/oom_score_adj & wait');
      expect(await ran.ended).toBe(0);
      expect(ran.out()).toBe('432\n');
      expect(await ran.closed).toBe('score 432\n');
    });

    test('reaps: kills every escaped descendant of a program that is gone', async () => {
      const ran = shot('reap', ['-o', '300'], `${ESCAPES}; exit 1`);
      await ran.line(/^exited 1$/);
      await until('three members and the reaper', () => traces.pids().length === 4);
      ran.socket.write('kill\n');
      expect(await ran.ended).toBe(0);
      expect(ran.said()).toMatch(/exited 1\nempty\n$/);
      expect(traces.pids()).toEqual([]);
    });
  },
);
