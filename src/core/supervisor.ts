// All processes of one plan: started in order, ordered about, brought to rest.

import type { Outcome, ProcessStatus } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { namespec } from '../model/name.ts';
import type { ProcessName } from '../model/event.ts';
import type { Death, Identity, Phase, PhaseName } from '../model/phase.ts';
import type { GroupChange } from '../model/diff.ts';
import type { GroupPlan, Plan, ProcessPlan } from '../model/plan.ts';
import { isStoppedState, type Mood, type State } from '../model/state.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Hands } from './hands.ts';
import { atRest, carryOut, isOverruled, type Order } from './orders.ts';
import { Process, type CoreClock } from './process.ts';
import { Gate, type MachineMemory } from './gate.ts';
import { dependentsFirst } from './dependence.ts';
import { isLive, isOtherGroup } from './replan.ts';
import { Roster, type Enrolled } from './roster.ts';
import { sweptWith, unseenEnd } from './unjudged.ts';
import { processStatus } from './status.ts';

/** What a supervisor before this one, under the same guardian, knew of a process: its last state. */
export type Remembered = ReadonlyMap<string, State>;

export interface SupervisorOptions {
  readonly plan: Plan;
  readonly hands: Hands;
  readonly clock: CoreClock;
  /** Empty on a fresh start. */
  readonly remembered: Remembered;
  /** By namespec: whose last run a supervisor before this one saw succeed. */
  readonly completed?: ReadonlySet<string>;
  /** By namespec: members of the last life that the guardian could not kill. */
  readonly stuck?: ReadonlyMap<string, readonly Identity[]>;
  /** By namespec: who had been killed for memory when the supervisor before this one was cut off. */
  readonly deaths?: ReadonlyMap<string, Death>;
  /** What the gate asks before a start; absent: nobody waits. */
  readonly memory?: () => MachineMemory;
  readonly onBug: (bug: unknown) => void;
}

const UP = new Set<PhaseName>(['launching', 'starting', 'running']);

const RESTING = new Set<State>(['STOPPED', 'EXITED', 'FATAL']);

/** Nothing of its last life is left; in backoff its timer starts it. */
const isGone = (phase: Phase): boolean =>
  phase.name === 'backoff' || phase.name === 'waiting' || (atRest(phase) && phase.name !== 'stuck');

/** Killed for memory, and its plan says that it then rests. */
const staysDown = ({ phase, plan }: Process): boolean =>
  phase.name === 'exited' && (plan.onOom === 'stop' || plan.autorestart === 'never');

/** An operator's stop, waited for; what is at rest stays there. */
const stopForGood = async (process: Process): Promise<void> => {
  process.feed({ name: 'stop', reason: 'stop' });
  await process.until(atRest);
};

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #roster = new Roster();
  readonly #gate: Gate;
  #mood: Mood = 'RUNNING';

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const memory = options.memory ?? ((): MachineMemory => ({ available: null, pressure: null }));
    this.#gate = new Gate({
      processes: () => this.#roster.byPriority,
      memory,
      open: () => this.#mood === 'RUNNING',
    });
    for (const plan of options.plan.groups) this.#enrol(plan);
  }

  get mood(): Mood {
    return this.#mood;
  }

  get processes(): readonly Process[] {
    return this.#roster.processes;
  }

  /** The order of commands. */
  get byPriority(): readonly Process[] {
    return this.#roster.byPriority;
  }

  /** The plans of the active groups. */
  get groups(): readonly GroupPlan[] {
    return this.#roster.groups.map(({ plan }) => plan);
  }

  group(name: string): GroupPlan | undefined {
    return this.#roster.group(name)?.plan;
  }

  find(name: ProcessName): Process | undefined {
    return this.#roster.find(name);
  }

  /** Starts what should run: what ran before the supervisor was killed, else what the plan starts by itself. */
  start(): void {
    const { hands, remembered } = this.#options;
    for (const { name } of this.groups) hands.announce({ type: 'group', group: name, change: 'added' });
    hands.announce({ type: 'mood', mood: 'RUNNING' });
    for (const process of this.processes) {
      const state = remembered.get(process.namespec);
      const wanted = state === undefined ? process.plan.autostart : !RESTING.has(state);
      if (process.phase.name === 'stuck') this.#awaitFreed(process, process.phase.remaining);
      else if (wanted && !staysDown(process)) process.feed({ name: 'start', automatic: true });
    }
  }

  /** Once per second: those who wait for memory may come in. */
  tick(): void {
    if (this.#mood === 'RUNNING') this.#gate.tick();
  }

  /** The machine was out of memory: who waits at the gate comes in one at a time. */
  alarm(): void {
    this.#gate.alarm();
  }

  /** A polite restart that nobody asked for; an operator's stop on the way has the last word. */
  async renew(process: Process, because: string | null = null): Promise<void> {
    const { phase, plan } = process;
    if (this.#mood !== 'RUNNING' || !UP.has(phase.name)) return;
    const name = { group: plan.group, name: plan.name };
    if (because !== null) this.#options.hands.announce({ type: 'renewed', process: name, because });
    process.feed({ name: 'stop', reason: 'replaced' });
    const then = await process.until((now) => atRest(now) || isOverruled(now));
    if (!isOverruled(then) && then.name === 'stopped') process.feed({ name: 'start', automatic: false });
  }

  /** Start, stop, restart and signal by name. */
  order(order: Order): Promise<readonly Outcome[]> {
    if (this.#mood !== 'RUNNING') throw new TsvisorError('SHUTDOWN_STATE');
    return carryOut(order, this.#roster, () => this.#options.clock.now());
  }

  /** Sorted by group, then name. */
  async status(): Promise<readonly ProcessStatus[]> {
    const { hands, clock } = this.#options;
    const seen = this.#roster.byName.map((process) => ({
      process,
      inspection: hands.inspect(process.plan, process.leader),
    }));
    const usage = await hands.usage(seen.flatMap(({ inspection }) => inspection.members));
    return seen.map(({ process, inspection }) =>
      processStatus(process, { inspection, usage, logs: hands.logs(process.plan) }, clock),
    );
  }

  /** A member that is not the leader was OOM-killed: the policy decides. */
  memberKilled(name: ProcessName, verdict: Verdict): void {
    const process = this.find(name);
    if (process === undefined) return;
    this.#options.hands.announce({ type: 'member-killed', process: name, verdict });
    if (process.plan.onOom === 'continue') return;
    if (process.plan.onOom === 'restart-group')
      this.#restartGroup(process, verdict).catch(this.#options.onBug);
    else process.feed({ name: 'condemn', reason: 'oom-member', verdict });
  }

  /**
   * Groups from the highest priority number down, those of one number together; each seen at rest before the next. Who depends on others ends before
   * they do, whatever the numbers say.
   */
  async rest(mood: Exclude<Mood, 'RUNNING'>): Promise<void> {
    this.#mood = mood;
    this.#options.hands.announce({ type: 'mood', mood });
    for (const batch of dependentsFirst(this.#roster.shutdownBatches)) {
      for (const process of batch) process.feed({ name: 'stop', reason: 'shutdown' });
      await Promise.all(batch.map((process) => process.until(atRest)));
    }
  }

  /** Refuses with ALREADY_ADDED. Its processes are new: those that start by themselves do. */
  addGroup(group: GroupPlan): void {
    if (this.#roster.group(group.name) !== undefined)
      throw new TsvisorError('ALREADY_ADDED', { name: group.name });
    const { processes } = this.#enrol(group);
    this.#options.hands.announce({ type: 'group', group: group.name, change: 'added' });
    for (const process of processes)
      if (process.plan.autostart) process.feed({ name: 'start', automatic: true });
  }

  /** Refuses with BAD_GROUP, or STILL_RUNNING unless all its processes are at rest. */
  async removeGroup(name: string): Promise<void> {
    const group = this.#roster.group(name);
    if (group === undefined) throw new TsvisorError('BAD_GROUP', { name });
    if (!group.processes.every(({ state }) => isStoppedState(state)))
      throw new TsvisorError('STILL_RUNNING', { name });
    this.#roster.dismiss(name);
    await Promise.all(group.processes.map(({ plan }) => this.#options.hands.release(plan)));
    this.#options.hands.announce({ type: 'group', group: name, change: 'removed' });
  }

  /** Stops a whole group, then removes it. Refuses with STILL_RUNNING when a member cannot be killed. */
  async retireGroup(name: string): Promise<void> {
    const group = this.#roster.group(name);
    await Promise.all((group?.processes ?? []).map(stopForGood));
    await this.removeGroup(name);
  }

  /** Only what has changed restarts. Answers what could not be done. */
  async changeGroup(change: GroupChange): Promise<readonly string[]> {
    if (isOtherGroup(change)) {
      await this.retireGroup(change.name);
      this.addGroup(change.after);
      return [];
    }
    const live = new Map(change.processes.filter(isLive).map((one) => [one.name, one.after]));
    const touched = new Set(change.processes.filter((one) => !isLive(one)).map(({ name }) => name));
    const old = this.#roster.group(change.name)?.processes ?? [];
    const retired = old.filter(({ plan }) => touched.has(plan.name));
    const wasUp = new Set(retired.filter(({ phase }) => !atRest(phase)).map(({ plan }) => plan.name));
    await Promise.all(retired.map(stopForGood));
    const stuck = retired.filter(({ phase }) => phase.name === 'stuck');
    if (stuck.length > 0)
      return stuck.map((process) => `cannot change ${process.namespec}: a member cannot be killed`);
    await Promise.all(retired.map(({ plan }) => this.#options.hands.release(plan)));
    const notices = old.flatMap((process) => this.#adopt(process, live.get(process.plan.name) ?? null));
    const kept = new Map(old.filter((one) => !retired.includes(one)).map((one) => [one.plan.name, one]));
    const known = new Set(old.map(({ plan }) => plan.name));
    const processes = change.after.processes.map((plan) => kept.get(plan.name) ?? this.#create(plan));
    this.#roster.enrol({ plan: change.after, processes });
    this.#gate.look();
    for (const process of processes) {
      const { name, autostart } = process.plan;
      if (kept.has(name)) continue;
      if (wasUp.has(name) || (!known.has(name) && autostart))
        process.feed({ name: 'start', automatic: false });
    }
    return notices;
  }

  #adopt(process: Process, plan: ProcessPlan | null): readonly string[] {
    if (plan === null) return [];
    process.adopt(plan);
    return this.#options.hands.adopt(plan, process.leader);
  }

  #enrol(plan: GroupPlan): Enrolled {
    const group = { plan, processes: plan.processes.map((one) => this.#create(one)) };
    this.#roster.enrol(group);
    return group;
  }

  #create(plan: ProcessPlan): Process {
    const { hands, clock, onBug } = this.#options;
    const restartGroup = (trigger: Process): void => {
      this.#restartGroup(trigger).catch(onBug);
    };
    const wait = (process: Process): string | null => this.#gate.refusal(process);
    const launched = (process: Process): void => {
      for (const one of this.#roster.followersOf(process))
        this.renew(one, `${process.namespec} was started anew`).catch(onBug);
    };
    const changed = (): void => this.#gate.look();
    const completed = this.#options.completed?.has(namespec(plan)) ?? false;
    const beginning = { phase: this.#firstPhase(plan), completed };
    return new Process(plan, { hands, clock, restartGroup, wait, launched, changed, onBug }, beginning);
  }

  #firstPhase(plan: ProcessPlan): Phase {
    const key = namespec(plan);
    const { clock, remembered, stuck, deaths } = this.#options;
    const remaining = stuck?.get(key) ?? [];
    const [leader] = remaining;
    if (leader !== undefined) return { name: 'stuck', remaining, next: unseenEnd(leader, clock) };
    const death = deaths?.get(key);
    if (death !== undefined) return { name: 'exited', death, expected: false, why: 'Bad exit code -1' };
    if (remembered.get(key) === 'FATAL')
      return { name: 'fatal', error: 'gave up before the supervisor was restarted' };
    return { name: 'stopped' };
  }

  #awaitFreed(process: Process, remaining: readonly Identity[]): void {
    const freed = this.#options.hands.freed(process.plan, remaining);
    freed.then(() => process.feed({ name: 'freed' })).catch(this.#options.onBug);
  }

  /** Every process of the group is seen gone before the first of them starts again. */
  async #restartGroup(trigger: Process, verdict: Verdict | null = null): Promise<void> {
    const up = this.processes.filter(
      (process) =>
        process === trigger || (process.plan.group === trigger.plan.group && !atRest(process.phase)),
    );
    const others = sweptWith(trigger);
    for (const process of up)
      process.feed({ name: 'condemn', reason: 'oom-group', verdict: process === trigger ? verdict : others });
    await Promise.all(up.map((process) => process.until(isGone)));
    if (this.#mood !== 'RUNNING') return;
    for (const process of up)
      if (process.phase.name === 'exited') process.feed({ name: 'start', automatic: true });
  }
}
