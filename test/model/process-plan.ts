// The plan of one process for tests: supervisord's defaults, and whatever the test says otherwise.

import { PLAIN_DUTY } from '../../src/model/duty.ts';
import type { MemoryCare } from '../../src/model/memory-care.ts';
import type { LoggingPlan, ProcessPlan } from '../../src/model/plan.ts';

/** As supervisord logs. */
export const PLAIN_LOGGING: LoggingPlan = {
  format: 'raw',
  every: null,
  compress: false,
  totalMax: null,
  rateMax: null,
  whenFull: 'block',
  direct: false,
};

/** As long as nobody says otherwise. */
export const PLAIN_CARE: MemoryCare = {
  oomRestart: null,
  startWhen: null,
  swapMax: null,
  oomGroup: false,
  limitWatch: null,
  onPressure: null,
  tellPressure: true,
  measurePss: false,
};

export const plan = (more: Partial<ProcessPlan> = {}): ProcessPlan => ({
  kind: 'program',
  group: 'ci',
  program: 'app',
  name: 'app',
  command: '/bin/app',
  directory: null,
  umask: null,
  nice: null,
  ulimits: [],
  user: null,
  priority: 999,
  autostart: true,
  autorestart: 'unexpected',
  startsecs: 1,
  startretries: 3,
  exitcodes: [0],
  stopsignal: 'SIGTERM',
  stopwaitsecs: 10,
  stopasgroup: false,
  killasgroup: false,
  redirectStderr: false,
  stdout: { kind: 'none' },
  stderr: { kind: 'none' },
  stdoutCaptureMaxBytes: 0,
  stderrCaptureMaxBytes: 0,
  stdoutEvents: false,
  stderrEvents: false,
  stdoutSyslog: false,
  stderrSyslog: false,
  environment: {},
  serverurl: null,
  oomScoreAdj: { kind: 'auto' },
  oomScoreAdjRequired: false,
  onOom: 'restart',
  survivors: 'kill',
  memoryMax: null,
  memoryHigh: null,
  containment: 'auto',
  fastDeathSecs: 10,
  restartDelayMax: 30,
  care: PLAIN_CARE,
  duty: PLAIN_DUTY,
  logging: PLAIN_LOGGING,
  notify: null,
  sockets: [],
  ...more,
});
