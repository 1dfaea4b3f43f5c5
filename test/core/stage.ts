// A stage for core: fake hands that do what the test says, over a manual clock.

import type { CommandRefusal, Hands, Launched, LaunchFailed, OrderedBy } from '../../src/core/hands.ts';
import { Gate, type MachineMemory } from '../../src/core/gate.ts';
import { Process } from '../../src/core/process.ts';
import type { Event } from '../../src/model/event.ts';
import type { Death, Exit, Identity, Swept } from '../../src/model/phase.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { ManualClock } from '../kernel/manual-clock.ts';
import { plan } from '../model/process-plan.ts';

export const verdict = (oom: Verdict['oom'] = 'no'): Verdict => ({
  oom,
  cause: oom === 'no' ? 'signal' : 'own-limit',
  because: 'the test says so',
  victim: null,
  evidence: null,
});

interface Pending<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}
const pending = <T>(): Pending<T> => {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
};

/** Lets every promise that is settled be heard. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

export const OK: Exit = { code: 0, signal: null };
export const KILLED: Exit = { code: null, signal: 'SIGKILL' };
export const EMPTY: Swept = { killed: 0, took: 0, remaining: [] };

export class Stage {
  readonly clock = new ManualClock();
  readonly events: Event[] = [];
  readonly bugs: unknown[] = [];
  readonly signals: string[] = [];
  readonly judged: { death: Death; orderedBy: OrderedBy }[] = [];
  readonly sweeps: { grace: unknown }[] = [];
  readonly groupRestarts: string[] = [];
  /** What is found when the command is looked up. */
  refusal: CommandRefusal | null = null;
  /** Leaders launched, in order. */
  readonly leaders: Identity[] = [];
  #ended: Pending<Exit> = pending();
  #launch: Pending<Launched | LaunchFailed> = pending();
  #judge: Pending<Verdict> = pending();
  #sweep: Pending<Swept> = pending();
  #freed: Pending<void> = pending();

  readonly hands: Hands = {
    lookup: () => this.refusal,
    launch: () => (this.#launch = pending()).promise,
    signal: (leader, signal, whom) => {
      this.signals.push(`${signal} ${whom} ${leader.pid}`);
      return 'sent';
    },
    sweep: (_plan, _leader, grace) => {
      this.sweeps.push({ grace });
      return (this.#sweep = pending()).promise;
    },
    freed: () => (this.#freed = pending()).promise,
    judge: (_process, death, orderedBy) => {
      this.judged.push({ death, orderedBy });
      return (this.#judge = pending()).promise;
    },
    announce: (event) => this.events.push(event),
    inspect: () => ({ containment: 'scan', members: [], enforcedBy: null }),
    logs: () => ({ stdoutLog: '', stderrLog: '' }),
    usage: async () => new Map(),
    prepare: async () => undefined,
    adopt: () => [],
    release: async () => undefined,
  };

  /** Bytes available on the machine, and percent of waiting for them. */
  memory: MachineMemory = { available: 1000, pressure: 0 };
  readonly #made: Process[] = [];
  readonly gate = new Gate({ processes: () => this.#made, memory: () => this.memory });

  process(more: Partial<ProcessPlan> = {}): Process {
    const process = new Process(plan(more), {
      hands: this.hands,
      clock: this.clock,
      restartGroup: (trigger) => this.groupRestarts.push(trigger.namespec),
      wait: (one) => this.gate.refusal(one),
      changed: () => this.gate.look(),
      onBug: (bug) => this.bugs.push(bug),
    });
    this.#made.push(process);
    return process;
  }

  async launched(): Promise<void> {
    const leader = { pid: 100 + this.leaders.length, startTick: 1 };
    this.leaders.push(leader);
    this.#ended = pending();
    const score = { requested: 200, effective: 200, refusal: null };
    this.#launch.resolve({ leader, score, ended: this.#ended.promise });
    await settle();
  }
  async launchFails(error = 'cannot start app: no such file', retry = true): Promise<void> {
    this.#launch.resolve({ error, retry });
    await settle();
  }
  async launchThrows(error: Error): Promise<void> {
    this.#launch.reject(error);
    await settle();
  }
  async ends(exit: Exit): Promise<void> {
    this.#ended.resolve(exit);
    await settle();
  }
  async judges(as: Verdict = verdict()): Promise<void> {
    this.#judge.resolve(as);
    await settle();
  }
  async judgeThrows(error: Error): Promise<void> {
    this.#judge.reject(error);
    await settle();
  }
  async sweptEmpty(more: Partial<Swept> = {}): Promise<void> {
    this.#sweep.resolve({ ...EMPTY, ...more });
    await settle();
  }
  async membersFreed(): Promise<void> {
    this.#freed.resolve();
    await settle();
  }
  /** A leader up and RUNNING. */
  async running(process: Process): Promise<void> {
    process.feed({ name: 'start', automatic: false });
    await this.launched();
    this.clock.advance(process.plan.startsecs * 1000);
  }
  /** The leader ends, is judged, the members are seen gone. */
  async dies(exit: Exit, as: Verdict = verdict()): Promise<void> {
    await this.ends(exit);
    await this.judges(as);
    await this.sweptEmpty();
  }

  /** `STARTING RUNNING …`: the changes that clients were told. */
  get told(): string {
    return this.events
      .flatMap((event) => (event.type === 'state' ? [`${event.from}>${event.to}`] : []))
      .join(' ');
  }
}
