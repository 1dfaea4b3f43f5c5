// Does no key vanish on the way: is each said by the target, or told in a comment?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { losses } from '../../src/export/keys.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';
import { PLAIN_DUTY } from '../../src/model/duty.ts';
import { PLAIN_CARE, PLAIN_LOGGING, plan } from '../model/process-plan.ts';

const TARGETS = ['systemd', 'kubernetes', 'nomad'] as const;

const usual = plan({
  autorestart: 'always',
  stdout: { kind: 'auto', maxBytes: 1, backups: 1 },
  stderr: { kind: 'auto', maxBytes: 1, backups: 1 },
});

/** Each with a word that must be in a comment, by target. */
const CHANGES: readonly (readonly [
  Partial<ProcessPlan>,
  Partial<Record<(typeof TARGETS)[number], string>>,
])[] = [
  [{ umask: 0o22 }, { kubernetes: 'umask=022', nomad: 'umask=022' }],
  [{ priority: 1 }, { kubernetes: 'priority=1', nomad: 'priority=1' }],
  [{ autorestart: 'unexpected' }, { kubernetes: 'autorestart', nomad: 'autorestart' }],
  [
    { autorestart: 'unexpected', startsecs: 0 },
    { kubernetes: 'it is taken for work that ends, and is a Job', nomad: 'a job of type batch' },
  ],
  [{ startsecs: 9 }, { systemd: 'startsecs=9', nomad: 'startsecs=9' }],
  [{ startretries: 9 }, { kubernetes: 'startretries=9' }],
  [{ exitcodes: [0, 4] }, { kubernetes: 'exitcodes=0,4', nomad: 'exitcodes=0,4' }],
  [{ stopsignalNumber: 34 }, { kubernetes: 'stopsignal=34', nomad: 'stopsignal=34' }],
  [{ stopasgroup: true }, { kubernetes: 'stopasgroup=true', nomad: 'stopasgroup=true' }],
  [{ redirectStderr: true }, { nomad: 'redirect_stderr=true' }],
  [
    { stdout: { kind: 'file', path: '/l', maxBytes: 0, backups: 0 } },
    { kubernetes: 'stdout_logfile=/l', nomad: 'stdout_logfile=/l' },
  ],
  [
    { stdoutEvents: true },
    { systemd: 'stdout_events_enabled', kubernetes: 'stdout_events', nomad: 'stdout_events' },
  ],
  [
    { stderrCaptureMaxBytes: 5 },
    { systemd: 'stderr_capture', kubernetes: 'stderr_capture', nomad: 'stderr_capture' },
  ],
  [{ serverurl: 'http://x' }, { systemd: 'serverurl', kubernetes: 'serverurl', nomad: 'serverurl' }],
  [
    { oomScoreAdj: { kind: 'relative', value: 3 } },
    { systemd: 'oom_score_adj=+3', kubernetes: 'oom_score_adj=+3' },
  ],
  [
    { oomScoreAdj: { kind: 'absolute', value: -3 } },
    { kubernetes: 'oom_score_adj=-3', nomad: 'oom_score_adj=-3' },
  ],
  [{ onOom: 'stop' }, { systemd: 'on_oom=stop', kubernetes: 'on_oom=stop', nomad: 'on_oom=stop' }],
  [
    { onOom: 'restart-group' },
    { systemd: 'restart-group', kubernetes: 'restart-group', nomad: 'restart-group' },
  ],
  [{ onOom: 'continue' }, { kubernetes: 'on_oom=continue' }],
  [{ survivors: 'leave' }, { kubernetes: 'survivors=leave', nomad: 'survivors=leave' }],
  [{ memoryMax: 5 }, { nomad: 'memory_max=5' }],
  [{ memoryHigh: 5 }, { kubernetes: 'memory_high=5', nomad: 'memory_high=5' }],
  [{ fastDeathSecs: 5 }, { systemd: 'fast_death', kubernetes: 'fast_death', nomad: 'fast_death' }],
  [{ restartDelayMax: 5 }, { systemd: 'restart_delay', kubernetes: 'restart_delay', nomad: 'restart_delay' }],
  [{ notify: { ready: true, watchdog: null } }, { kubernetes: 'notify', nomad: 'notify' }],
  [
    { sockets: [{ name: 'http', url: 'tcp://:80', backlog: null, mode: null, owner: null }] },
    { kubernetes: 'sockets=http', nomad: 'sockets=http' },
  ],
  [{ care: { ...PLAIN_CARE, swapMax: 5 } }, { kubernetes: 'memory_swap_max', nomad: 'memory_swap_max' }],
  [{ care: { ...PLAIN_CARE, oomGroup: true } }, { nomad: 'memory_oom_group' }],
  [
    { care: { ...PLAIN_CARE, onPressure: { above: 1, seconds: 1, act: { kind: 'restart' } } } },
    { systemd: 'on_pressure', kubernetes: 'on_pressure', nomad: 'on_pressure' },
  ],
  [
    { logging: { ...PLAIN_LOGGING, rateMax: 5 } },
    { systemd: 'log_rate_max', kubernetes: 'log_rate_max', nomad: 'log_rate_max' },
  ],
  [
    { duty: { ...PLAIN_DUTY, dependsOn: [{ on: 'db', condition: null, restart: false }] } },
    { kubernetes: 'depends_on=db', nomad: 'depends_on=db' },
  ],
  [
    { duty: { ...PLAIN_DUTY, schedule: { cron: '0 0 L * *', timezone: null, overlap: 'queue', jitter: 0 } } },
    { systemd: '0 0 L * *', kubernetes: '0 0 L * *', nomad: '0 0 L * *' },
  ],
  [
    { duty: { ...PLAIN_DUTY, schedule: { cron: '0 0 * * *', timezone: null, overlap: 'skip', jitter: 9 } } },
    { kubernetes: 'no jitter', nomad: 'no jitter' },
  ],
  [
    { duty: { ...PLAIN_DUTY, dependsOn: [{ on: 'db', condition: null, restart: true }] } },
    { systemd: 'PartOf=', kubernetes: 'depends_on=db', nomad: 'depends_on=db' },
  ],
];

describe('what a target does not have', () => {
  test('is nothing for a program that says nothing of its own', () => {
    for (const target of TARGETS) expect(losses(usual, target)).toEqual([]);
  });

  test.each(CHANGES)('is told, and only that: %j', (change, words) => {
    for (const target of TARGETS) {
      const lines = losses({ ...usual, ...change }, target);
      const expected = words[target];
      expect(lines).toHaveLength(expected === undefined ? 0 : 1);
      if (expected !== undefined) expect(lines[0]).toContain(expected);
    }
  });

  test('is told for all keys together, each on one line', () => {
    fc.assert(
      fc.property(fc.subarray([...CHANGES.keys()]), fc.constantFrom(...TARGETS), (chosen, target) => {
        const changes = chosen.map((index) => CHANGES[index]?.[0] ?? {});
        const lines = losses(Object.assign({ ...usual }, ...changes), target);
        expect(new Set(lines).size).toBe(lines.length);
        expect(lines.every((line) => /^\S.*: \S/.test(line) && !line.includes('\n'))).toBe(true);
      }),
    );
  });
});
