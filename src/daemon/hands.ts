// What core asks for, done on real processes: launch, signal, sweep, judge, announce, inspect.

import type { Bus } from '../core/bus.ts';
import type {
  CommandRefusal,
  Hands,
  Inspection,
  Launched,
  LogPaths,
  LaunchFailed,
  OrderedBy,
  Usage,
} from '../core/hands.ts';
import type { Linux } from '../kernel/linux.ts';
import type { Listeners, OutputRouter } from '../logs/output-router.ts';
import { sampleUsage } from '../metrics/sample.ts';
import type { Event } from '../model/event.ts';
import { namespec } from '../model/name.ts';
import type { Death, Exit, Grace, Identity, Swept } from '../model/phase.ts';
import type { GroupPlan, ProcessPlan, SupervisorPlan } from '../model/plan.ts';
import type { Signal } from '../model/signals.ts';
import type { Verdict } from '../model/verdict.ts';
import type { EvidenceGatherer } from '../oom/evidence.ts';
import { chooseScore } from '../oom/score.ts';
import type { Containment, ContainmentKind, Reaper } from '../spawn/containment.ts';
import type { LaunchRequest, LaunchResult } from '../spawn/launch.ts';
import type { Sweeper } from '../spawn/sweep.ts';
import { createSlot, limit, type Slot, type SlotParts } from './process/slot.ts';
import { commandRefusal } from './process/command-refusal.ts';
import { environmentOf } from './process/environment.ts';
import { familyOf } from './process/family.ts';
import type { Provisions } from './process/provisions.ts';
import { errorStream, judgeDeath, logSize } from './memory/judging.ts';
import type { OomdMarks } from './memory/oomd.ts';
import type { PipeFolder } from './process/pipes.ts';
import { Proportions } from './memory/proportions.ts';
import { rescore } from './memory/rescore.ts';
import { containmentFor } from './process/containment-kind.ts';
import type { Watches } from './memory/watches.ts';

export interface HandsParts {
  readonly linux: Linux;
  readonly supervisor: SupervisorPlan;
  /** The supervisor's effective oom_score_adj. */
  readonly score: number;
  readonly slots: SlotParts;
  readonly launch: (request: LaunchRequest) => Promise<LaunchResult>;
  /** Of a process whose containment is `auto`. */
  readonly containment: ContainmentKind;
  readonly sweeper: Sweeper;
  readonly evidence: EvidenceGatherer;
  readonly watches: Watches;
  /** A death is judged; its members have not been swept yet. */
  readonly caught: (plan: ProcessPlan, verdict: Verdict) => void;
  /** Null without a guardian. */
  readonly oomdMarks: OomdMarks | null;
  readonly outputs: OutputRouter;
  readonly listeners: (plan: ProcessPlan) => Listeners;
  readonly provisions: Provisions;
  readonly bus: Bus;
  readonly pipes: PipeFolder;
  /** True once the guardian has died: nobody but the kernel then ends leaders when we are killed. */
  readonly guardianLost: () => boolean;
  readonly onBug: (bug: unknown) => void;
}

/** One launch per turn of the event loop: a fork stalls it for a millisecond or more. */
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const createTurnstile = (): (() => Promise<void>) => {
  let last: Promise<void> = Promise.resolve();
  return () => (last = last.then(nextTurn));
};

interface Held {
  readonly reaper: Reaper | null;
  readonly kind: ContainmentKind;
  readonly cookie: string;
}

/** What holds the members of the life that has just begun. */
const containmentOf = ({ cgroup }: Slot, { reaper, kind, cookie }: Held): Containment => {
  if (reaper !== null) return { kind: 'reap', reaper };
  if (kind === 'portable') return { kind };
  if (cgroup === null || kind === 'scan' || kind === 'reap') return { kind: 'scan', cookie };
  return { kind, cgroup };
};

export class RealHands implements Hands {
  readonly #parts: HandsParts;
  readonly #slots = new Map<string, Slot>();
  readonly #turn = createTurnstile();
  /** Groups that have had limits. */
  readonly #limited = new Set<string>();
  readonly proportions: Proportions;

  constructor(parts: HandsParts) {
    this.#parts = parts;
    this.proportions = new Proportions(parts.linux.clock);
  }

  lookup(plan: ProcessPlan): CommandRefusal | null {
    return commandRefusal(plan);
  }

  async launch(plan: ProcessPlan): Promise<Launched | LaunchFailed> {
    await this.#turn();
    try {
      await this.#parts.pipes.ready(plan);
    } catch (error) {
      return { error: `cannot start ${plan.name}: ${String(error)}`, retry: true };
    }
    return this.#launch(plan);
  }

  async #launch(plan: ProcessPlan): Promise<Launched | LaunchFailed> {
    const { outputs, evidence, launch, slots, supervisor, score } = this.#parts;
    const refusal = await this.#parts.provisions.refusal(plan);
    if (refusal !== null) return { error: `cannot start ${plan.name}: ${refusal}`, retry: true };
    const slot = this.slot(plan);
    if (slot.outputs === null) {
      const opened = outputs.open(plan, slot.captured, this.#parts.listeners(plan));
      if (typeof opened === 'string') return { error: `cannot start ${plan.name}: ${opened}`, retry: true };
      slot.outputs = opened;
    }
    // Made again where somebody removed it.
    slots.tier?.leaf(plan.group, plan.name);
    slot.launches += 1;
    const cookie = `${slots.instance}:${plan.group}:${plan.name}:${slot.launches}`;
    slot.baseline = evidence.note(slot.cgroup);
    slot.stderrFrom = logSize(outputs.known(plan, errorStream(plan)));
    const kind = containmentFor(plan, this.#parts.containment);
    // What it writes is heard when it is known who writes.
    slot.outputs.hold();
    const result = await launch({
      plan,
      env: {
        ...environmentOf({ plan, supervisor, cookie }),
        ...this.#parts.provisions.variables(plan, slot.cgroup),
      },
      score: chooseScore(plan.oomScoreAdj, score),
      scoreRequired: plan.oomScoreAdjRequired,
      joinFiles: slot.cgroup?.joinFiles ?? [],
      ...slot.streams,
      mode: kind === 'reap' ? 'reap' : 'exec',
      guardianLost: this.#parts.guardianLost(),
    });
    slot.outputs.start('leader' in result ? result.leader.pid : null);
    if ('error' in result) return result;
    slot.containment = containmentOf(slot, { reaper: result.reaper, kind, cookie });
    this.#parts.watches.follow(slot, result.leader);
    return { ...result, ended: this.#ended(slot, result.ended) };
  }

  signal(leader: Identity, signal: Signal, whom: 'leader' | 'group'): 'sent' | 'gone' | 'denied' {
    const { processes } = this.#parts.linux;
    const sent = whom === 'leader' ? processes.signal(leader, signal) : processes.signalGroup(leader, signal);
    return sent === 'absent' ? 'gone' : sent;
  }

  sweep(plan: ProcessPlan, leader: Identity | null, grace: Grace): Promise<Swept> {
    return this.#parts.sweeper.sweep(this.#target(plan, leader), grace);
  }

  freed(plan: ProcessPlan, remaining: readonly Identity[]): Promise<void> {
    return this.#parts.sweeper.freed(this.#target(plan, null), remaining);
  }

  async judge(plan: ProcessPlan, death: Death, orderedBy: OrderedBy): Promise<Verdict> {
    const { linux, evidence, watches, outputs, oomdMarks } = this.#parts;
    const slot = this.slot(plan);
    const key = namespec(plan);
    const baseline = watches.rest(key) ?? slot.baseline ?? evidence.note(slot.cgroup);
    slot.stderrPath = outputs.known(plan, errorStream(plan));
    const judging = { slot, death, orderedBy, baseline, evidence, oom: linux.oom, oomdMarks };
    return judgeDeath(judging, (verdict) => this.#parts.caught(plan, verdict));
  }

  /** Empty when there is none. An AUTO log is made by the first question. */
  logPath(plan: ProcessPlan, stream: 'stdout' | 'stderr'): string {
    return this.#parts.outputs.path(plan, stream);
  }

  logs(plan: ProcessPlan): LogPaths {
    const lost = this.slot(plan).outputs?.lost() ?? null;
    return {
      stdoutLog: this.logPath(plan, 'stdout'),
      stderrLog: this.logPath(plan, 'stderr'),
      ...(lost !== null && { logsLost: lost }),
    };
  }

  announce(event: Event): void {
    this.#parts.bus.announce(event);
  }

  inspect(plan: ProcessPlan, leader: Identity | null): Inspection {
    const { cgroup, containment, enforcedBy } = this.slot(plan);
    const held = cgroup?.members() ?? [];
    const members =
      held.length > 0 || leader === null ? held : familyOf(this.#parts.linux.processes, leader, containment);
    const kind = containment?.kind ?? containmentFor(plan, this.#parts.containment);
    return { containment: kind, members, enforcedBy };
  }

  usage(pids: readonly number[]): Promise<ReadonlyMap<number, Usage>> {
    return sampleUsage(pids);
  }

  prepare(plans: readonly ProcessPlan[]): Promise<void> {
    return this.#parts.pipes.prepare(plans);
  }

  adopt(plan: ProcessPlan, leader: Identity | null): readonly string[] {
    const slot = this.slot(plan);
    const refusals: string[] = [];
    const logs = slot.plan.stdout !== plan.stdout || slot.plan.stderr !== plan.stderr;
    slot.plan = plan;
    slot.enforcedBy = limit(slot.cgroup, plan, (text) => refusals.push(text));
    if (logs && slot.outputs !== null) this.#reopen(slot, leader).catch(this.#parts.onBug);
    if (leader === null) return refusals;
    this.#parts.watches.adopt(slot, leader);
    const { members } = this.inspect(plan, leader);
    const about = { plan, supervisor: this.#parts.score, members };
    return [...refusals, ...rescore(this.#parts.linux.processes, about)];
  }

  async release(plan: ProcessPlan): Promise<void> {
    const key = namespec(plan);
    const slot = this.#slots.get(key);
    this.#slots.delete(key);
    if (slot === undefined) return;
    await slot.outputs?.drain();
    slot.outputs?.close();
    slot.unwatch?.();
    this.#parts.watches.forget(key);
    slot.cgroup?.remove();
  }

  /** Log limits have changed: what is written meanwhile waits in the pipe. */
  async #reopen(slot: Slot, leader: Identity | null): Promise<void> {
    await slot.outputs?.drain();
    slot.outputs?.close();
    const opened = this.#parts.outputs.open(slot.plan, slot.captured, this.#parts.listeners(slot.plan));
    if (typeof opened === 'string') throw new Error(`cannot reopen the logs of ${slot.plan.name}: ${opened}`);
    slot.outputs = opened;
    opened.start(leader?.pid ?? null);
  }

  /** The config has changed: frees what no process needs any more. */
  tidy(): void {
    this.#parts.provisions.tidy();
  }

  /** Limits of all processes of a group together; answers what is not enforced. */
  limitGroup({ name, limits }: GroupPlan): readonly string[] {
    const { tier } = this.#parts.slots;
    const wanted = limits ?? { max: null, high: null };
    if (limits === undefined && !this.#limited.has(name)) return [];
    this.#limited.add(name);
    const refusal = tier === null ? 'no cgroup can be made here' : tier.limitGroup(name, wanted).refusal;
    return refusal === null ? [] : [`cannot enforce the memory limits of group ${name}: ${refusal}`];
  }

  /** Created at first need, kept over all lives. */
  slot(plan: ProcessPlan): Slot {
    const key = namespec(plan);
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot = createSlot(plan, this.#parts.slots);
    this.#slots.set(key, slot);
    return slot;
  }

  /** What programs wrote last reaches their logs. */
  async drain(): Promise<void> {
    const open = [...this.#slots.values()].flatMap(({ outputs }) => outputs ?? []);
    await Promise.all(open.map((outputs) => outputs.drain()));
  }

  /** The last words of a leader are heard before its end. */
  async #ended(slot: Slot, ended: Promise<Exit>): Promise<Exit> {
    const exit = await ended;
    slot.outputs?.lastWords();
    return exit;
  }

  #target(plan: ProcessPlan, leader: Identity | null) {
    const { instance } = this.#parts.slots;
    const cookie = `${instance}:${plan.group}:${plan.name}:`;
    return { containment: this.slot(plan).containment ?? { kind: 'scan', cookie }, leader, cookie } as const;
  }
}
