// A kernel to play with: processes, signals, scores and cgroups in memory, behind the same port as the real one.

import type { Cgroup, CgroupTier, OomWatch, ProcessRow, Processes, Refusal } from '../../src/kernel/port.ts';
import type { Identity } from '../../src/model/phase.ts';
import type { Signal } from '../../src/model/signals.ts';
import type { OomRecord } from '../../src/model/verdict.ts';

export interface Birth {
  readonly ppid?: number;
  readonly pgid?: number;
  readonly sid?: number;
  readonly comm?: string;
  readonly environ?: Readonly<Record<string, string>>;
  readonly cgroup?: Cgroup;
  /** Signals it does not react to. SIGKILL here stands for an uninterruptible sleep. */
  readonly deafTo?: readonly NodeJS.Signals[];
}

interface Body {
  row: ProcessRow;
  readonly environ: Readonly<Record<string, string>>;
  readonly deafTo: ReadonlySet<Signal>;
  folder: string | null;
  score: number;
}

/** The pids of the supervisor that the tests play, and of its own process group. */
export const OURS = 100;
const FIRST_PID = 1000;
const RSS = 4 * 1024 * 1024;

type Sent = readonly [pid: number, signal: Signal];

export class FakeKernel {
  /** Every signal that reached a process, in order. */
  readonly sent: Sent[] = [];
  /** Called before each listing of all processes; a test may let something happen in between. */
  beforeListing: () => void = () => undefined;
  machineKills: number | null = 0;
  log: OomRecord[] = [];
  logState: ReturnType<OomWatch['drainKernelLog']>['state'] = 'readable';
  pidsMatch = true;
  /** What daemons that kill for memory have written. */
  marks: string[] = [];
  killers: readonly string[] = [];
  oomd = true;
  /** What is charged to every cgroup. */
  charge: { bytes: number; files: number } | null = null;
  readonly #bodies = new Map<number, Body>();
  readonly #counters = new Map<string, { cgroup: number; limitHits: number | null }>();
  #tick = 5000;
  #nextPid = FIRST_PID;

  constructor() {
    this.#put({ pid: 1, ppid: 0, pgid: 1, sid: 1 }, {});
    this.#put({ pid: OURS, ppid: 1, pgid: OURS, sid: OURS }, {});
  }

  spawn(birth: Birth = {}): Identity {
    const pid = this.#nextPid;
    this.#nextPid += 1;
    const { ppid = OURS, pgid = pid } = birth;
    const sid = birth.sid ?? this.#bodies.get(ppid)?.row.sid ?? pid;
    const body = this.#put({ pid, ppid, pgid, sid }, birth);
    return { pid, startTick: body.row.startTick };
  }

  /** Gives the number of a process that is gone to a new one. */
  reuse(pid: number, birth: Birth = {}): Identity {
    const { ppid = OURS, pgid = pid, sid = pid } = birth;
    return { pid, startTick: this.#put({ pid, ppid, pgid, sid }, birth).row.startTick };
  }

  /** Ends it; its children go to pid 1. A zombie stays until it is reaped by ending it again. */
  end(pid: number, how: 'reaped' | 'zombie' = 'reaped'): void {
    const body = this.#bodies.get(pid);
    if (body === undefined) return;
    body.folder = null;
    if (how === 'reaped') this.#bodies.delete(pid);
    else body.row = { ...body.row, state: 'Z' };
    for (const other of this.#bodies.values())
      if (other.row.ppid === pid) other.row = { ...other.row, ppid: 1 };
  }

  /** As the OOM killer does it: counters first, then the victim, then the log. */
  oomKill(pid: number, about: Partial<OomRecord> = {}): void {
    const body = this.#bodies.get(pid);
    if (body === undefined) throw new Error(`cannot kill ${pid}: there is none`);
    if (this.machineKills !== null) this.machineKills += 1;
    if (body.folder !== null) {
      const counters = this.#countersOf(body.folder);
      counters.cgroup += 1;
      const limit = 'limitCgroup' in about ? about.limitCgroup : body.folder;
      if (counters.limitHits !== null && limit === body.folder) counters.limitHits += 1;
    }
    const { comm } = body.row;
    const sizes = { anonRss: 61 * 1024, fileRss: 800, shmemRss: 0, score: body.score };
    const place = { scope: 'memcg', limitCgroup: body.folder, taskCgroup: body.folder } as const;
    const seq = (this.log.at(-1)?.seq ?? 0) + 1;
    this.log.push({ seq, usec: this.#tick, pid, comm, ...place, ...sizes, ...about });
    this.end(pid);
  }

  join(pid: number, cgroup: Cgroup): void {
    const body = this.#bodies.get(pid);
    if (body !== undefined) body.folder = cgroup.joinFiles[0]?.replace(/\/cgroup\.procs$/, '') ?? null;
  }

  readonly processes: Processes = {
    row: (pid) => this.#bodies.get(pid)?.row ?? 'gone',
    alive: (identity) => this.#living(identity) !== null,
    all: () => {
      this.beforeListing();
      return [...this.#bodies.values()].map((body) => body.row);
    },
    newest: () => this.#nextPid - 1,
    children: (pid) => this.#pids((row) => row.ppid === pid),
    environ: (pid, name) => {
      const body = this.#bodies.get(pid);
      return body === undefined ? 'gone' : { value: body.environ[name] ?? null };
    },
    memory: (pid) => {
      const body = this.#bodies.get(pid);
      return body === undefined || body.row.state === 'Z'
        ? 'gone'
        : { rss: RSS, anon: RSS / 2, swap: 0, pageTables: 4096 };
    },
    pss: (pid) => (this.#bodies.has(pid) ? RSS / 2 : 'gone'),
    signal: (identity, signal) => this.#signal(identity, signal),
    signalGroup: (leader, signal) => this.#signalGroup(leader, signal),
    score: (pid) => this.#bodies.get(pid)?.score ?? 'gone',
    setScore: (pid, value) => this.#setScore(pid, value),
  };

  readonly oom: OomWatch = ((kernel: FakeKernel): OomWatch => {
    let read = 0;
    return {
      get pidsMatch() {
        return kernel.pidsMatch;
      },
      machineKills: () => kernel.machineKills,
      killerMarks: () => kernel.marks,
      killersHere: () => kernel.killers,
      oomdHere: () => kernel.oomd,
      drainKernelLog: () => {
        if (kernel.logState === 'denied' || kernel.logState === 'absent')
          return { records: [], state: kernel.logState };
        const records = kernel.log.slice(read);
        read = kernel.log.length;
        return { records, state: kernel.logState };
      },
    };
  })(this);

  /** A tier of its own; `limitHits` as v2 has it. */
  tier(instance: string, memory: 'v2' | 'v1' | null = 'v1'): CgroupTier {
    const root = `/tsvisor-${instance}`;
    const leaf = (group: string, name: string): Cgroup => this.#cgroup(`${root}/${group}/${name}`, memory);
    return {
      kind: 'cgroup2',
      memory,
      root,
      leaf,
      limitGroup: (group, limits) => leaf(group, '').limit(limits),
      killGroup: (group) => this.#killBelow(`${root}/${group}`),
      charged: () => this.charge?.bytes ?? null,
      everyone: () => this.#below(root),
      killEveryone: () => this.#killBelow(root),
      dismantle: () => this.#counters.clear(),
    };
  }

  #cgroup(folder: string, memory: 'v2' | 'v1' | null): Cgroup {
    const counters = this.#countersOf(folder);
    if (memory === 'v2') counters.limitHits ??= 0;
    const { ...none } = { cgroup: null, limitHits: null };
    return {
      joinFiles: [`${folder}/cgroup.procs`],
      memoryPath: memory === null ? null : folder,
      pressureFile: null,
      members: () => this.#below(folder),
      empty: () => this.#below(folder).length === 0,
      kill: () => this.#killBelow(folder),
      counters: () => (memory === null ? none : { ...this.#countersOf(folder) }),
      charge: () => this.charge,
      charged: () => this.charge?.bytes ?? null,
      limit: ({ max }) =>
        memory === null
          ? { enforcedBy: null, refusal: 'no memory controller is available here' }
          : { enforcedBy: max === null ? null : 'memory.max', refusal: null },
      watch: () => null,
      remove: () => undefined,
    };
  }

  #put(ids: Pick<ProcessRow, 'pid' | 'ppid' | 'pgid' | 'sid'>, birth: Birth): Body {
    this.#tick += 1;
    const comm = birth.comm ?? 'program';
    const row = { ...ids, startTick: this.#tick, comm, state: 'S', threads: 1 };
    const body: Body = {
      row,
      environ: birth.environ ?? {},
      deafTo: new Set(birth.deafTo ?? []),
      folder: null,
      score: 0,
    };
    this.#bodies.set(ids.pid, body);
    if (birth.cgroup !== undefined) this.join(ids.pid, birth.cgroup);
    return body;
  }

  #living({ pid, startTick }: Identity): Body | null {
    const body = this.#bodies.get(pid);
    return body === undefined || body.row.startTick !== startTick || body.row.state === 'Z' ? null : body;
  }

  #pids(fits: (row: ProcessRow) => boolean): number[] {
    return [...this.#bodies.values()]
      .map((body) => body.row)
      .filter(fits)
      .map((row) => row.pid);
  }

  #below(folder: string): number[] {
    const isIn = (body: Body): boolean =>
      body.folder === folder || (body.folder?.startsWith(`${folder}/`) ?? false);
    return [...this.#bodies.values()].filter(isIn).map((body) => body.row.pid);
  }

  #killBelow(folder: string): number {
    const pids = this.#below(folder);
    for (const pid of pids) this.#deliver(pid, 'SIGKILL');
    return pids.length;
  }

  #signal(identity: Identity, signal: Signal): 'sent' | Refusal {
    if (this.#living(identity) === null) return 'gone';
    this.#deliver(identity.pid, signal);
    return 'sent';
  }

  #signalGroup(leader: Identity, signal: Signal): 'sent' | Refusal {
    if (leader.pid <= 1 || leader.pid === OURS) return 'denied';
    const found = this.#bodies.get(leader.pid);
    if (found !== undefined && found.row.startTick !== leader.startTick) return 'gone';
    const pids = this.#pids((row) => row.pgid === leader.pid);
    for (const pid of pids) this.#deliver(pid, signal);
    return pids.length === 0 ? 'gone' : 'sent';
  }

  #deliver(pid: number, signal: Signal): void {
    this.sent.push([pid, signal]);
    const body = this.#bodies.get(pid);
    if (body === undefined || body.deafTo.has(signal)) return;
    if (signal === 'SIGSTOP') body.row = { ...body.row, state: 'T' };
    else if (signal === 'SIGCONT') body.row = { ...body.row, state: 'S' };
    else if (signal === 'SIGKILL' || body.row.state !== 'T') this.end(pid);
  }

  #setScore(pid: number, value: number): { effective: number; refusal: string | null } {
    const body = this.#bodies.get(pid);
    if (body === undefined) return { effective: 0, refusal: 'ENOENT' };
    if (value < -1000 || value > 1000) return { effective: body.score, refusal: 'EINVAL' };
    if (value < body.score && value < 0) return { effective: body.score, refusal: 'EACCES' };
    body.score = value;
    return { effective: value, refusal: null };
  }

  #countersOf(folder: string): { cgroup: number; limitHits: number | null } {
    const known = this.#counters.get(folder) ?? { cgroup: 0, limitHits: null };
    this.#counters.set(folder, known);
    return known;
  }
}
