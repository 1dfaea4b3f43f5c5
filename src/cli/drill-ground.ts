// Where does a drill play? In a temporary folder, under a tsvisor of its own that is gone afterwards.

import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scoreText } from '../model/plan.ts';
import { TsvisorError } from '../model/errors.ts';
import type { ProcessPlan } from '../model/plan.ts';
import { controlSocket } from '../config/runtime.ts';

export interface Playground {
  /** Name of the process. */
  readonly name: string;
  /** Path of the control socket. */
  readonly socket: string;
  /** What the last act of the incident will be. */
  readonly last: RegExp;
  /** The copy begins to eat. */
  eat(): void;
  /** Stops it and removes everything. */
  close(): Promise<void>;
}

/** Bytes; small, so that the machine does not notice. */
const LIMIT = 48 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

const run = promisify(execFile);

/** Eats in its first life, with a child that leaves the session; sleeps in the next. */
const script = (folder: string): string =>
  [
    `until [ -e ${folder}/eat ] || [ -e ${folder}/eaten ]; do sleep 0.02; done`,
    `if mkdir ${folder}/eaten 2>/dev/null; then setsid sleep 1000 & exec tail /dev/zero; fi`,
    'exec sleep 1000',
  ].join('; ');

/** The settings that decide what happens after a kill, as a file would say them. JSON is YAML. */
const copyOf = (plan: ProcessPlan, folder: string): string =>
  JSON.stringify({
    supervisor: { runtime_dir: join(folder, 'run'), logfile: join(folder, 'log'), childlogdir: folder },
    programs: {
      [plan.name]: {
        command: ['/bin/sh', '-c', script(folder)],
        ...(plan.user === null ? {} : { user: plan.user.name }),
        ...(plan.umask === null ? {} : { umask: plan.umask.toString(8).padStart(4, '0') }),
        oom_score_adj: scoreText(plan.oomScoreAdj),
        on_oom: plan.onOom === 'continue' ? 'restart' : plan.onOom,
        containment: plan.containment,
        memory_max: LIMIT,
        memory_oom_group: plan.care.oomGroup,
        autorestart: true,
        startsecs: 0,
        stopwaitsecs: 1,
        stdout_logfile: 'NONE',
        stderr_logfile: 'NONE',
      },
    },
  });

const tsvisor = async (...words: readonly string[]): Promise<void> => {
  const main = process.argv[1] ?? '';
  await run(process.execPath, [main, ...words], { timeout: TIMEOUT_MS });
};

const words = (error: unknown): string =>
  error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);

export const playground = async (plan: ProcessPlan): Promise<Playground> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-drill-'));
  // The copy may run as another user, and marks in this folder that it has eaten.
  chmodSync(folder, 0o777);
  const config = join(folder, 'tsvisor.yaml');
  writeFileSync(config, copyOf(plan, folder));
  const close = async (): Promise<void> => {
    await tsvisor('stop', '-c', config);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await tsvisor('start', '-c', config);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new TsvisorError('START_FAILED', { reason: `for a drill: ${words(error).trim()}` });
  }
  return {
    name: plan.name,
    last: plan.onOom === 'stop' ? /^now EXITED/ : /^restarted|^now FATAL/,
    socket: controlSocket(join(folder, 'run')),
    eat: () => writeFileSync(join(folder, 'eat'), ''),
    close,
  };
};
