// All processes of one plan: started in order, ordered about, brought to rest.

import type { Command, Outcome, ProcessStatus } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { namespec } from '../model/name.ts';
import type { ProcessName } from '../model/event.ts';
import type { Identity, Phase } from '../model/phase.ts';
import type { GroupPlan, Plan, ProcessPlan } from '../model/plan.ts';
import type { Mood, State } from '../model/state.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Hands } from './hands.ts';
import { atRest, carryOut } from './orders.ts';
import { Process, type CoreClock } from './process.ts';
import { processStatus } from './status.ts';

/** What a supervisor before this one, under the same guardian, knew of a process: its last state. */
export type Remembered = ReadonlyMap<string, State>;

export interface SupervisorOptions {
  readonly plan: Plan;
  readonly hands: Hands;
  readonly clock: CoreClock;
  /** Empty on a fresh start. */
  readonly remembered: Remembered;
  /** By namespec: members of the last life that the guardian could not kill. */
  readonly stuck?: ReadonlyMap<string, readonly Identity[]>;
  readonly onBug: (bug: unknown) => void;
}

const byPriority = (a: Process, b: Process): number => a.plan.priority - b.plan.priority;
const sortKey = ({ plan }: Process): string => `${plan.group}\0${plan.name}`;
const RESTING = new Set<State>(['STOPPED', 'EXITED', 'FATAL']);

/** Nothing of its last life is left; in backoff its timer starts it. */
const isGone = (phase: Phase): boolean =>
  phase.name === 'backoff' || (atRest(phase) && phase.name !== 'stuck');

const quietVerdict = (oom: Verdict['oom'], because: string): Verdict => ({
  oom,
  cause: 'tsvisor',
  because,
  victim: null,
  evidence: null,
});

const sweptWith = (trigger: Process): Verdict =>
  quietVerdict('no', `swept together with its group after the OOM kill of ${trigger.namespec}`);

/** A life that ended while no supervisor looked: only its members tell that it was. */
const unseenEnd = (leader: Identity, clock: CoreClock): Extract<Phase, { name: 'settling' }> => {
  const verdict = quietVerdict('unknown', 'it ended together with the supervisor before this one');
  const death = { leader, exit: { code: null, signal: null }, lived: Infinity, at: clock.wall(), verdict };
  const since = clock.now();
  return { name: 'settling', reason: 'died', from: 'RUNNING', leader, since, verdict, death, swept: null };
};

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #groups: readonly GroupPlan[];
  /** By group priority, then config order: the autostart order. */
  readonly #processes: readonly Process[];
  #mood: Mood = 'RUNNING';

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#groups = options.plan.groups.toSorted((a, b) => a.priority - b.priority);
    this.#processes = this.#groups.flatMap((group) => group.processes.map((plan) => this.#create(plan)));
  }

  get mood(): Mood {
    return this.#mood;
  }

  get processes(): readonly Process[] {
    return this.#processes;
  }

  find(name: ProcessName): Process | undefined {
    return this.#processes.find(({ plan }) => plan.group === name.group && plan.name === name.name);
  }

  /** Starts what should run: what ran before the supervisor was killed, else what the plan starts by itself. */
  start(): void {
    const { hands, remembered } = this.#options;
    for (const { name } of this.#groups) hands.announce({ type: 'group', group: name, change: 'added' });
    hands.announce({ type: 'mood', mood: 'RUNNING' });
    for (const process of this.#processes) {
      const state = remembered.get(process.namespec);
      const wanted = state === undefined ? process.plan.autostart : !RESTING.has(state);
      if (process.phase.name === 'stuck') this.#awaitFreed(process, process.phase.remaining);
      else if (wanted) process.feed({ name: 'start', automatic: true });
    }
  }

  /** Start, stop, restart and signal by name. */
  order(order: Extract<Command, { names: readonly string[] }>): Promise<readonly Outcome[]> {
    if (this.#mood !== 'RUNNING') throw new TsvisorError('SHUTDOWN_STATE');
    const inOrder = this.#groups.flatMap((group) =>
      this.#processes.filter(({ plan }) => plan.group === group.name).toSorted(byPriority),
    );
    return carryOut(order, inOrder);
  }

  /** Sorted by group, then name. */
  async status(): Promise<readonly ProcessStatus[]> {
    const { hands, clock } = this.#options;
    const seen = this.#processes
      .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
      .map((process) => ({ process, inspection: hands.inspect(process.plan, process.leader) }));
    const usage = await hands.usage(seen.flatMap(({ inspection }) => inspection.members));
    return seen.map(({ process, inspection }) => processStatus(process, { inspection, usage }, clock));
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

  /** Groups from the highest priority number down, those of one number together; each seen at rest before the next. */
  async rest(mood: Exclude<Mood, 'RUNNING'>): Promise<void> {
    this.#mood = mood;
    this.#options.hands.announce({ type: 'mood', mood });
    const priorities = [...new Set(this.#groups.map((group) => group.priority))].toSorted((a, b) => b - a);
    for (const priority of priorities) {
      const names = new Set(
        this.#groups.filter((group) => group.priority === priority).map(({ name }) => name),
      );
      const batch = this.#processes
        .filter(({ plan }) => names.has(plan.group))
        .toSorted((a, b) => byPriority(b, a));
      for (const process of batch) process.feed({ name: 'stop', reason: 'shutdown' });
      await Promise.all(batch.map((process) => process.until(atRest)));
    }
  }

  #create(plan: ProcessPlan): Process {
    const { hands, clock, onBug } = this.#options;
    const restartGroup = (trigger: Process): void => {
      this.#restartGroup(trigger).catch(onBug);
    };
    return new Process(plan, { hands, clock, restartGroup, onBug }, this.#firstPhase(plan));
  }

  #firstPhase({ group, name }: ProcessPlan): Phase {
    const { clock, remembered, stuck } = this.#options;
    const remaining = stuck?.get(namespec(group, name)) ?? [];
    const [leader] = remaining;
    if (leader !== undefined) return { name: 'stuck', remaining, next: unseenEnd(leader, clock) };
    if (remembered.get(namespec(group, name)) === 'FATAL')
      return { name: 'fatal', error: 'gave up before the supervisor was restarted' };
    return { name: 'stopped' };
  }

  #awaitFreed(process: Process, remaining: readonly Identity[]): void {
    const freed = this.#options.hands.freed(process.plan, remaining);
    freed.then(() => process.feed({ name: 'freed' })).catch(this.#options.onBug);
  }

  /** Every process of the group is seen gone before the first of them starts again. */
  async #restartGroup(trigger: Process, verdict: Verdict | null = null): Promise<void> {
    const up = this.#processes.filter(
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
