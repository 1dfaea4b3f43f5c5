// Where do the two outputs of one process go, in each of its lives?

import { accessSync, constants } from 'node:fs';
import { namespec } from '../model/name.ts';
import type { LogTarget, ProcessPlan } from '../model/plan.ts';
import { type AutoOwner, createAuto } from './auto.ts';
import { chainOf } from './chain.ts';
import { isCapture, type Listening, openCapture } from './capture.ts';
import { Later, LazyLog } from './lazy.ts';
import { JOURNALD, type JournaldEntry } from './journald.ts';
import type { Logs, OpenLog } from './logs.ts';
import { gapIn } from './gap.ts';
import { type OpenStream, outputsOf, type Outputs, type StreamName } from './open-outputs.ts';
import { cureOf, type Watch } from './losses.ts';
import { DISCARD, type Failure, type LogClock, type Sink } from './sink.ts';

/** Paths of the named pipes that the program writes to; null where it writes elsewhere. */
export type Pipes = Readonly<Record<StreamName, string | null>>;

/** Who hears which stream, beside its log. */
export type Listeners = Readonly<Partial<Record<StreamName, Listening>>>;

export interface OutputRouterOptions {
  readonly logs: Logs;
  readonly owner: AutoOwner;
  readonly clock: LogClock;
  /** `strip_ansi`. */
  readonly strip: boolean;
  /** The supervisor before this one was killed: what its pipes held is lost. */
  readonly gap?: boolean;
  /** Makes a named pipe hold more, for a program that fills it; false when that cannot be done. */
  readonly widen?: (fifo: string, bytes: number) => Promise<boolean>;
  /** journald's socket; null where it is not to be used. */
  readonly journald?: string | null;
}

const NO_JOURNALD =
  'there is no journald here: what is meant for it goes to AUTO logs in childlogdir, which `tsvisor logs` shows';

interface Stream {
  readonly plan: ProcessPlan;
  readonly stream: StreamName;
}

const isThere = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    // Not there, or not for us.
    return false;
  }
};

const keyOf = ({ plan, stream }: Stream): string => `${plan.group}:${plan.name}:${stream}`;

const entryOf = ({ plan, stream }: Stream): JournaldEntry => ({
  identifier: namespec(plan),
  stream,
});

const complaint = (path: string, failure: Failure): string => {
  const cure = cureOf(failure.code);
  return `log ${path}: ${failure.reason}${cure === null ? '' : `; ${cure}`}`;
};

/** In the place of a log that cannot be made: what it takes is counted. */
const losing = (watch: Watch): OpenLog => {
  let lost = 0;
  return {
    ...DISCARD,
    path: '',
    get lost() {
      return lost;
    },
    write: ({ length }) => {
      lost += length;
      watch.lost?.(length, 'failed');
      return true;
    },
    close: () => undefined,
  };
};

/** Knows which AUTO log belongs to whom, over all lives of a process. */
export class OutputRouter {
  readonly #options: OutputRouterOptions;
  readonly #autos = new Map<string, string>();
  readonly #later: Later;
  #lost = false;
  readonly #marked = new Set<string>();
  #journald: boolean | null = null;

  constructor(options: OutputRouterOptions) {
    this.#options = options;
    this.#later = new Later(options.clock);
  }

  /** Absolute path of a log; empty when there is none. Creates the AUTO log of a process that has none yet. */
  path(plan: ProcessPlan, stream: StreamName): string {
    const path = this.#resolve({ plan, stream });
    return typeof path === 'string' ? path : '';
  }

  /** The same without making anything: empty too when the AUTO log has not been made yet. */
  known(plan: ProcessPlan, stream: StreamName): string {
    const target = this.#target({ plan, stream });
    if (target.kind === 'file') return target.path;
    return this.#autos.get(keyOf({ plan, stream })) ?? '';
  }

  /** Whether the plan lets the program write to its file itself, as far as logs see: no byte needs to be looked at, counted or moved. */
  isDirect(plan: ProcessPlan, stream: StreamName): boolean {
    const target = this.#target({ plan, stream });
    const { direct, format, every, rateMax, totalMax } = plan.logging;
    const { strip, logs } = this.#options;
    if (!direct || strip || target.kind === 'none' || target.kind === 'journald') return false;
    if (target.maxBytes > 0) return false;
    const plain = format === 'raw' && every === null && rateMax === null && totalMax === null;
    return plain && logs.isRegular(this.path(plan, stream));
  }

  /** Opens logs and pipes before a launch; a string says why it could not, as the end of `cannot start NAME: ...`. */
  open(plan: ProcessPlan, pipes: Pipes, listeners: Listeners = {}): Outputs | string {
    const streams: OpenStream[] = [];
    for (const stream of ['stdout', 'stderr'] as const) {
      const fifo = pipes[stream];
      const opened =
        fifo === null
          ? this.#create({ plan, stream })
          : this.#capture({ plan, stream, listening: listeners[stream] ?? {} }, fifo);
      if (typeof opened === 'string') {
        outputsOf(streams).close();
        return opened;
      }
      if (opened !== null) streams.push(opened);
    }
    return outputsOf(streams);
  }

  /** What stands in the plan; journald is an AUTO log where there is none. */
  #target({ plan, stream }: Stream): LogTarget {
    const target: LogTarget = stream === 'stderr' && plan.redirectStderr ? { kind: 'none' } : plan[stream];
    if (target.kind !== 'journald' || this.#hasJournald()) return target;
    return { ...target, kind: 'auto' };
  }

  /** Looked at once: a process keeps its log. */
  #hasJournald(): boolean {
    if (this.#journald !== null) return this.#journald;
    const { journald = JOURNALD, logs } = this.#options;
    this.#journald = journald !== null && isThere(journald);
    if (!this.#journald) logs.watch.trouble(NO_JOURNALD);
    return this.#journald;
  }

  #capture(of: Stream & { readonly listening: Listening }, fifo: string): OpenStream | string {
    const log = this.#log(of);
    if (typeof log === 'string') return log;
    const { clock, strip, logs, widen } = this.#options;
    const { plan, stream } = of;
    const syslog = (stream === 'stdout' ? plan.stdoutSyslog : plan.stderrSyslog)
      ? logs.syslog.open(`${plan.name} `)
      : null;
    const chain = chainOf({ ...of, log: log ?? DISCARD, syslog, watch: logs.watch });
    const capture = openCapture({ fifo, clock, strip, ...(widen !== undefined && { widen }), ...chain });
    this.#markGap(of, chain.sink);
    if (isCapture(capture)) return { stream, capture, log, valve: chain.valve };
    log?.close();
    return complaint(fifo, capture);
  }

  /** Once for each log. AUTO logs are new in each life of the supervisor. */
  #markGap(of: Stream, sink: Sink): void {
    const target = this.#target(of);
    if (this.#options.gap !== true || target.kind !== 'file' || this.#marked.has(target.path)) return;
    this.#marked.add(target.path);
    const gap = gapIn(target.path);
    if (gap !== null) sink.write(gap);
  }

  /** A file that the program writes to itself is ours to make, with our rights and our words when that fails. */
  #create(of: Stream): string | null {
    const log = this.#log(of);
    if (typeof log === 'string') return log;
    if (log instanceof LazyLog) log.make();
    log?.close();
    return null;
  }

  /** Null: not logged. An AUTO log is made later; where it then cannot be, that is said and the output is lost. */
  #log(of: Stream): OpenLog | null | string {
    const target = this.#target(of);
    if (target.kind === 'none') return null;
    if (target.kind === 'journald') return this.#options.logs.journald.open(entryOf(of));
    if (target.kind === 'file') {
      const opened = this.#openAt(of, target.path);
      const { failure } = opened;
      if (failure === null) return opened;
      opened.close();
      return complaint(target.path, failure);
    }
    const lazy = new LazyLog(() => this.#makeAuto(of));
    this.#later.add(lazy);
    return lazy;
  }

  #makeAuto(of: Stream): OpenLog {
    const path = this.#resolve(of);
    if (typeof path === 'string') return this.#openAt(of, path);
    this.#loseAutos(path);
    return losing(this.#options.logs.watch);
  }

  /** Said once for all programs: none of them is kept from running. */
  #loseAutos(failure: Failure): void {
    if (this.#lost) return;
    this.#lost = true;
    const { owner, logs } = this.#options;
    const what = `cannot make the AUTO ${complaint(owner.directory, failure)}`;
    logs.watch.trouble(
      `${what}; what programs write is lost: set childlogdir, or stdout_logfile and stderr_logfile`,
    );
  }

  #openAt(of: Stream, path: string): OpenLog {
    const target = this.#target(of);
    const { maxBytes, backups } = target.kind === 'none' ? { maxBytes: 0, backups: 0 } : target;
    const mode = target.kind === 'auto' ? 0o600 : 0o666;
    const { every, compress, totalMax } = of.plan.logging;
    return this.#options.logs.open({
      path,
      maxBytes: maxBytes ?? 0,
      backups: backups ?? 0,
      mode,
      every,
      compress,
      totalMax,
    });
  }

  #resolve(of: Stream): string | Failure {
    const target = this.#target(of);
    if (target.kind === 'none' || target.kind === 'journald') return '';
    if (target.kind === 'file') return target.path;
    const key = keyOf(of);
    const known = this.#autos.get(key);
    if (known !== undefined) return known;
    const made = createAuto(this.#options.owner, { process: of.plan.name, stream: of.stream });
    if (!('path' in made)) return made;
    this.#autos.set(key, made.path);
    return made.path;
  }
}
