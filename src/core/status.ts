// What does one process look like from outside, in supervisord's words and in ours?

import type { ProcessInfo, ProcessStatus, ReadinessReply, Unready } from '../model/command.ts';
import type { Phase } from '../model/phase.ts';
import { UNTOLD } from '../model/readiness.ts';
import { isUpState, type Mood } from '../model/state.ts';
import { shortfall } from './dependence.ts';
import type { Inspection, LogPaths, Usage } from './hands.ts';
import type { CoreClock, Process } from './process.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (n: number): string => String(n).padStart(2, '0');

/** `1 day, 0:00:05`, `3:04:05`: Python's way, as supervisord prints it. Seconds in. */
const uptimeWords = (seconds: number): string => {
  const whole = Math.max(0, Math.trunc(seconds));
  const days = Math.trunc(whole / 86_400);
  const clock = `${Math.trunc((whole % 86_400) / 3600)}:${two(Math.trunc((whole % 3600) / 60))}:${two(whole % 60)}`;
  if (days === 0) return clock;
  return `${days} ${days === 1 ? 'day' : 'days'}, ${clock}`;
};

/** `Nov 23 07:59 AM`, local time. Epoch milliseconds in. */
const stopTimeWords = (at: number): string => {
  const date = new Date(at);
  const hours = date.getHours();
  const half = hours < 12 ? 'AM' : 'PM';
  return `${MONTHS[date.getMonth()]} ${two(date.getDate())} ${two(hours % 12 || 12)}:${two(date.getMinutes())} ${half}`;
};

const seconds = (milliseconds: number): number => Math.trunc(milliseconds / 1000);

/** supervisord's words. `wall` in epoch milliseconds. */
export const describe = (process: Process, wall: number): string => {
  const { phase, past } = process;
  switch (phase.name) {
    case 'running':
      return `pid ${phase.leader.pid}, uptime ${uptimeWords(seconds(wall) - seconds(past.startedAt))}`;
    case 'backoff':
    case 'fatal':
      return phase.error === '' ? `unknown error (try "tail ${process.namespec}")` : phase.error;
    case 'stopped':
    case 'exited':
      return past.startedAt === 0 ? 'Not started' : stopTimeWords(past.stoppedAt || past.startedAt);
    case 'stuck':
      return `cannot be killed: ${phase.remaining.map((member) => `pid ${member.pid}`).join(', ')} in uninterruptible sleep`;
    case 'waiting':
      return process.waitsFor() ?? phase.why;
    case 'launching':
    case 'starting':
    case 'stopping':
    case 'settling':
      return '';
  }
};

const spawnError = (phase: Phase): string => {
  if (phase.name === 'backoff' || phase.name === 'fatal') return phase.error;
  return phase.name === 'exited' || phase.name === 'waiting' ? phase.why : '';
};

const dutyOf = ({ plan: { duty }, past, nextRun }: Process): ProcessStatus['duty'] =>
  duty.type === 'service' && duty.schedule === null
    ? null
    : { type: duty.type, completed: past.completed, nextRun: nextRun === null ? null : seconds(nextRun) };

/** What is known of the readiness of everybody who starts by itself; what the clock starts is not waited for. */
export const readinessOf = (processes: readonly Process[], mood: Mood): ReadinessReply => {
  const waiting = processes.flatMap((process): Unready[] => {
    const { group, name, autostart, duty } = process.plan;
    const isOneshot = duty.type === 'oneshot';
    if (!autostart || (isOneshot && duty.schedule !== null)) return [];
    const why = shortfall(process, isOneshot ? 'completed' : duty.health === null ? 'ready' : 'healthy');
    const final = process.phase.name === 'fatal' || process.phase.name === 'exited';
    return why === null ? [] : [{ group, name, why, final }];
  });
  return { ready: waiting.length === 0 && mood === 'RUNNING', waiting };
};

interface Seen {
  readonly inspection: Inspection;
  readonly usage: ReadonlyMap<number, Usage>;
  readonly logs: LogPaths;
}

/** Over all members; null when none could be read. */
const total = ({ inspection, usage }: Pick<Seen, 'inspection' | 'usage'>, of: keyof Usage): number | null => {
  const read = inspection.members.flatMap((pid) => usage.get(pid)?.[of] ?? []);
  return read.length === 0 ? null : read.reduce((sum, value) => sum + value, 0);
};

export const processStatus = (process: Process, seen: Seen, clock: CoreClock): ProcessStatus => {
  const { plan, phase, past, state } = process;
  const alive = isUpState(state);
  const death = past.lastDeath;
  return {
    group: plan.group,
    name: plan.name,
    state,
    phase: phase.name,
    description: describe(process, clock.wall()),
    pid: process.leader?.pid ?? 0,
    start: seconds(past.startedAt),
    stop: seconds(past.stoppedAt),
    uptime: alive ? seconds(clock.wall() - past.startedAt) : 0,
    exit: death?.exit ?? null,
    spawnError: spawnError(phase),
    readiness: alive && process.readiness !== UNTOLD ? process.readiness : null,
    duty: dutyOf(process),
    restarts: process.history.restarts,
    score: past.score,
    containment: seen.inspection.containment,
    memory: total(seen, 'memory'),
    cpu: total(seen, 'cpu'),
    members: seen.inspection.members.length,
    memoryMax:
      plan.memoryMax === null ? null : { requested: plan.memoryMax, enforcedBy: seen.inspection.enforcedBy },
    lastDeath:
      death === null
        ? null
        : { at: death.at, exit: death.exit, reason: death.reason, verdict: death.verdict },
    ...seen.logs,
  };
};

/** supervisord's: none after an attempt that never came up, -1 for a death by signal. */
const exitStatus = ({ phase, past }: Process): number => {
  if (phase.name === 'exited') return phase.death.exit.code ?? -1;
  if (phase.name !== 'stopped' || past.lastDeath === null || past.lastDeath.at < past.startedAt) return 0;
  return past.lastDeath.exit.code ?? -1;
};

/** Without a look at the kernel: everything in it is known already. */
export const processInfo = (process: Process, logs: LogPaths, clock: CoreClock): ProcessInfo => {
  const { plan, phase, past, state } = process;
  const wall = clock.wall();
  return {
    group: plan.group,
    name: plan.name,
    state,
    description: describe(process, wall),
    pid: process.leader?.pid ?? 0,
    start: seconds(past.startedAt),
    stop: seconds(past.stoppedAt),
    now: seconds(wall),
    exitStatus: exitStatus(process),
    spawnError: spawnError(phase),
    stdoutLog: logs.stdoutLog,
    stderrLog: logs.stderrLog,
  };
};
