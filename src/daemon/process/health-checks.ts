// Who is looked at now, by which check, and what follows from what is found? Loaded only where a program has checks.

import { linearPattern } from '../../config/pattern.ts';
import { isRefusal } from '../../config/refusal.ts';
import type { Bus } from '../../core/bus.ts';
import type { Process } from '../../core/process.ts';
import { quietVerdict } from '../../core/unjudged.ts';
import { LineWatch } from '../../health/line-watch.ts';
import { ConcurrencyLimit } from '../../health/concurrency-limit.ts';
import { checkHttp, checkTcp } from '../../health/network-checks.ts';
import { Monitor, type RunCheck } from '../../health/monitor.ts';
import type { HealthState } from '../../health/health-state.ts';
import type { Listening } from '../../logs/capture.ts';
import type { StreamName } from '../../logs/open-outputs.ts';
import type { Check, HealthPlan } from '../../model/duty.ts';
import type { Event, ProcessName } from '../../model/event.ts';
import { namespec } from '../../model/name.ts';
import type { Identity } from '../../model/phase.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { Clock } from '../../kernel/port.ts';
import { isUpState } from '../../model/state.ts';

export interface HealthChecksParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly processes: () => readonly Process[];
  readonly find: (name: ProcessName) => Process | undefined;
  /** How a command is run for a process: why it failed, or null. */
  readonly exec: (process: Process, command: string, abort: AbortSignal) => Promise<string | null>;
  /** Told once of a check that cannot be made here. */
  readonly notice: (text: string) => void;
  /** False where programs write to their files themselves. */
  readonly hears: boolean;
  readonly onBug: (bug: unknown) => void;
}

/** Checks that are made at once. */
const WIDTH = 8;
/** Characters of what a check found. */
const MAX_CHARS = 200;

const UNHEARD = 'nobody reads here what it writes';

const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_CHARS);

interface Watched {
  readonly monitor: Monitor;
  readonly leader: Identity;
  /** What we last said of it; its own words are not ours to take back. */
  text: string | null;
}

export class HealthChecks {
  readonly #parts: HealthChecksParts;
  readonly #limit = new ConcurrencyLimit(WIDTH);
  readonly #watched = new Map<string, Watched>();
  readonly #watches = new Map<string, { readonly pattern: string; readonly watch: LineWatch }>();

  constructor(parts: HealthChecksParts) {
    this.#parts = parts;
    parts.bus.subscribe((event) => this.#hear(event));
  }

  /** Plans have changed while programs run: checks begin, change and end. */
  adopted(): void {
    for (const process of this.#parts.processes()) {
      const { health } = process.plan.duty;
      const known = this.#watched.get(process.namespec)?.monitor.plan ?? null;
      if (known === health || process.leader === null) continue;
      process.learn({ health: health === null ? null : 'unknown', text: null });
      this.#begin(process, process.leader);
    }
  }

  /** Null where no check waits for a line. */
  listening(plan: ProcessPlan): ((stream: StreamName) => Listening) | null {
    const check = plan.duty.health?.check;
    if (check?.kind !== 'log') return null;
    const watch = this.#watchOf(namespec(plan), check.pattern);
    return (stream) => ({ follow: (pid) => watch.follow(pid), logged: (bytes) => watch.hear(stream, bytes) });
  }

  /** Kept while its logs are opened anew: what it has heard of this life stays true. */
  #watchOf(key: string, pattern: string): LineWatch {
    const known = this.#watches.get(key);
    if (known?.pattern === pattern) return known.watch;
    const wanted = linearPattern(pattern);
    const watch = new LineWatch(
      (line) => !isRefusal(wanted) && wanted.test(line),
      () => this.#watched.get(key)?.monitor.hurry(),
    );
    this.#watches.set(key, { pattern, watch });
    return watch;
  }

  #hear(event: Event): void {
    if (event.type === 'launched') {
      const process = this.#parts.find(event.process);
      if (process !== undefined) this.#begin(process, event.leader);
    } else if (event.type === 'state' && !isUpState(event.to)) this.#end(namespec(event.process));
  }

  #end(key: string): void {
    this.#watched.get(key)?.monitor.end();
    this.#watched.delete(key);
  }

  #begin(process: Process, leader: Identity): void {
    const key = process.namespec;
    this.#end(key);
    const { health } = process.plan.duty;
    if (health === null) return;
    const run = this.#checkOf(process, health.check);
    if (run === null) return;
    const { clock, onBug } = this.#parts;
    const tell = (state: HealthState, failure: string | null): void =>
      this.#tell(process, watched, { state, failure });
    const monitor = new Monitor({ plan: health, run, clock, limit: this.#limit, tell, onBug });
    const watched: Watched = { monitor, leader, text: null };
    this.#watched.set(key, watched);
  }

  #checkOf(process: Process, check: Check): RunCheck | null {
    switch (check.kind) {
      case 'tcp':
        return checkTcp(check);
      case 'http':
        return checkHttp(check);
      case 'exec':
        return (abort) => this.#parts.exec(process, check.command, abort);
      case 'log':
        if (this.#parts.hears) return async () => this.#listen(process, check.pattern);
        process.learn({ text: UNHEARD });
        this.#parts.notice(`cannot check ${process.namespec} by its log: ${UNHEARD}`);
        return null;
    }
  }

  #listen(process: Process, pattern: string): string | null {
    return this.#watches.get(process.namespec)?.watch.seen === true ? null : `no line matches ${pattern} yet`;
  }

  #tell(
    process: Process,
    watched: Watched,
    { state, failure }: { readonly state: HealthState; readonly failure: string | null },
  ): void {
    const { leader, phase } = process;
    const isAlive = phase.name === 'running' || phase.name === 'starting';
    if (!isAlive || leader?.pid !== watched.leader.pid || leader.startTick !== watched.leader.startTick)
      return;
    const { health } = state;
    const isOurs = process.readiness.text === watched.text;
    if (health !== 'healthy' && failure !== null) {
      watched.text = oneLine(failure);
      process.learn({ health, text: watched.text });
    } else process.learn(health === 'healthy' && isOurs ? { health, text: null } : { health });
    if (health === 'unhealthy' && failure !== null) this.#condemn(process, watched.monitor.plan, failure);
  }

  /** One that is not RUNNING yet is left to its startsecs. */
  #condemn(process: Process, { onUnhealthy, retries }: HealthPlan, failure: string): void {
    if (onUnhealthy !== 'restart' || process.phase.name !== 'running') return;
    const because = `${retries} check${retries === 1 ? '' : 's'} in a row failed, the last: ${oneLine(failure)}`;
    process.feed({ name: 'condemn', reason: 'unhealthy', verdict: quietVerdict('no', because) });
  }
}
