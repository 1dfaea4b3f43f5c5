// One process under our care: the only writer of its phase. It outlives its leaders.

import type { Score } from '../model/event.ts';
import { STATE_OF, type Death, type Identity, type Phase, type Reason } from '../model/phase.ts';
import type { ProcessPlan } from '../model/plan.ts';
import { namespec } from '../model/name.ts';
import { UNTOLD, type Readiness } from '../model/readiness.ts';
import type { Signal } from '../model/signals.ts';
import type { State } from '../model/state.ts';
import type { Verdict } from '../model/verdict.ts';
import type { CommandRefusal, Hands, LaunchFailed } from './hands.ts';
import { advance } from './machine.ts';
import type { Effect, History, Stimulus } from './stimulus.ts';

/** The clock core needs: monotonic and wall milliseconds, and one timer. */
export interface CoreClock {
  now(): number;
  wall(): number;
  after(ms: number, call: () => void): () => void;
}

export interface ProcessContext {
  readonly hands: Hands;
  readonly clock: CoreClock;
  /** Asked for by on_oom=restart-group. */
  readonly restartGroup: (trigger: Process) => void;
  /** Why it may not start now; null when it may. Absent: no gate. */
  readonly wait?: (process: Process) => string | null;
  /** It has another leader. */
  readonly launched?: (process: Process) => void;
  /** Something about it has changed that others may wait for. */
  readonly changed?: () => void;
  readonly onBug: (bug: unknown) => void;
}

/** What is remembered for people. Times are epoch milliseconds, 0 when never. */
export interface Past {
  readonly lastDeath: (Death & { readonly reason: Reason }) | null;
  readonly score: Score | null;
  /** The last launch attempt. */
  readonly startedAt: number;
  /** The last end of a leader. */
  readonly stoppedAt: number;
  /** Whether its last run ended with an expected exit code. */
  readonly completed: boolean;
}

/** Where a process begins that a supervisor before this one had. */
interface Beginning {
  readonly phase?: Phase;
  readonly completed?: boolean;
}

/** What is known of a life before anything of it is. */
const atFirst = ({ notify, duty }: ProcessPlan): Readiness => {
  const ready = notify?.ready === true ? false : null;
  const health = duty.health === null ? null : 'unknown';
  return ready === null && health === null ? UNTOLD : { ready, health, text: null };
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const unjudged = (error: unknown): Verdict => ({
  oom: 'unknown',
  cause: 'unknown',
  because: `the death could not be judged: ${wordsOf(error)}`,
  victim: null,
  evidence: null,
});

const notLaunched =
  ({ name }: ProcessPlan) =>
  (error: unknown): LaunchFailed => ({
    error: `cannot start ${name}: ${wordsOf(error)}`,
    retry: true,
  });

/** A first phase that is an end tells of a life before ours. */
const pastOf = (phase: Phase): Omit<Past, 'completed'> => {
  const lastDeath = phase.name === 'exited' ? ({ ...phase.death, reason: 'died' } as const) : null;
  const stoppedAt = lastDeath?.at ?? 0;
  const startedAt = lastDeath === null ? 0 : stoppedAt - lastDeath.lived;
  return { lastDeath, score: null, startedAt, stoppedAt };
};

export class Process {
  #plan: ProcessPlan;
  readonly #context: ProcessContext;
  #phase: Phase;
  #history: History = { failures: 0, fastDeaths: 0, restarts: 0, oomKills: [] };
  #operatorSignal: Signal | null = null;
  #disarm: (() => void) | null = null;
  #watchers = new Set<() => void>();
  #readiness: Readiness = UNTOLD;
  #past: Past;
  /** Epoch milliseconds; null without a schedule. */
  nextRun: number | null = null;

  constructor(plan: ProcessPlan, context: ProcessContext, beginning: Beginning = {}) {
    this.#plan = plan;
    this.#context = context;
    this.#phase = beginning.phase ?? { name: 'stopped' };
    this.#past = { ...pastOf(this.#phase), completed: beginning.completed ?? false };
  }

  get plan(): ProcessPlan {
    return this.#plan;
  }
  get phase(): Phase {
    return this.#phase;
  }
  get state(): State {
    return STATE_OF[this.#phase.name];
  }
  get namespec(): string {
    return namespec(this.plan);
  }
  get history(): History {
    return this.#history;
  }
  get past(): Past {
    return this.#past;
  }
  /** Of the life that it has now. */
  get readiness(): Readiness {
    return this.#readiness;
  }
  get leader(): Identity | null {
    return 'leader' in this.#phase ? this.#phase.leader : null;
  }

  feed(stimulus: Stimulus): void {
    const { clock } = this.#context;
    const before = this.#phase;
    const step = advance(before, stimulus, {
      plan: this.plan,
      now: clock.now(),
      wall: clock.wall(),
      history: this.#history,
      wait: () => this.waitsFor(),
      chance: Math.random(),
    });
    this.#phase = step.phase;
    this.#history = step.history;
    if (step.phase.name !== before.name) this.#leavePhase();
    for (const effect of step.effects) this.#perform(effect);
    this.#tell();
  }

  /** What keeps it from starting now; null when nothing does. */
  waitsFor(): string | null {
    return this.#context.wait?.(this) ?? null;
  }

  /** A plan that differs only in what a running leader can be given anew. */
  adopt(plan: ProcessPlan): void {
    this.#plan = plan;
    this.#context.changed?.();
  }

  /** Why an operator's start would fail at once; null when it can be tried. */
  lookup(): CommandRefusal | null {
    return this.#context.hands.lookup(this.plan);
  }

  /** An operator's signal to the leader; a death by it is theirs. */
  signal(signal: Signal): 'sent' | 'gone' | 'denied' {
    const { leader } = this;
    if (leader === null) return 'gone';
    this.#operatorSignal = signal;
    return this.#context.hands.signal(leader, signal, 'leader');
  }

  /** What it says of itself, or a check has found; a launch forgets it. Announced when something changes. */
  learn(news: Partial<Readiness>): void {
    const before = this.#readiness;
    this.#readiness = { ...before, ...news };
    const { ready, health, text } = this.#readiness;
    if (ready === before.ready && health === before.health && text === before.text) return;
    const process = { group: this.plan.group, name: this.plan.name };
    this.#context.hands.announce({ type: 'readiness', process, readiness: this.#readiness });
    this.#tell();
  }

  /** Resolves as soon as `seen` holds; looks after every stimulus, and when its readiness changes. */
  until(seen: (phase: Phase) => boolean): Promise<Phase> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!seen(this.#phase)) return;
        this.#watchers.delete(look);
        resolve(this.#phase);
      };
      this.#watchers.add(look);
      look();
    });
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
    this.#context.changed?.();
  }

  #remember(news: Partial<Past>): void {
    this.#past = { ...this.#past, ...news };
  }

  #leavePhase(): void {
    this.#disarm?.();
    this.#disarm = null;
    if (this.#phase.name === 'exited') this.#remember({ completed: this.#phase.expected });
    if (this.#phase.name !== 'launching') return;
    this.#operatorSignal = null;
    this.#readiness = atFirst(this.plan);
    this.#remember({ startedAt: this.#context.clock.wall(), completed: false });
  }

  #perform(effect: Effect): void {
    const { hands, clock } = this.#context;
    switch (effect.do) {
      case 'launch':
        this.#launch();
        return;
      case 'signal':
        this.#signal(effect);
        return;
      case 'sweep':
        this.#expect(hands.sweep(this.plan, effect.leader, effect.grace), (swept) => ({
          name: 'swept',
          swept,
        }));
        return;
      case 'await-freed':
        this.#expect(hands.freed(this.plan, effect.remaining), () => ({ name: 'freed' }));
        return;
      case 'judge':
        this.#judge(effect);
        return;
      case 'arm':
        this.#disarm?.();
        this.#disarm = clock.after(effect.ms, () => {
          this.#disarm = null;
          this.feed({ name: 'elapsed' });
        });
        return;
      case 'announce':
        if (effect.event.type === 'died')
          this.#remember({ lastDeath: { ...effect.event.death, reason: effect.event.reason } });
        hands.announce(effect.event);
        return;
      case 'restart-group':
        this.#context.restartGroup(this);
    }
  }

  #judge({ death, orderedBy }: Extract<Effect, { do: 'judge' }>): void {
    const asked =
      death.exit.signal !== null && death.exit.signal === this.#operatorSignal ? 'operator' : null;
    const verdict = this.#context.hands.judge(this.plan, death, orderedBy ?? asked);
    this.#expect(this.#orElse(verdict, unjudged), (written) => ({ name: 'judged', verdict: written }));
  }

  #signal(effect: Extract<Effect, { do: 'signal' }>): void {
    const { hands } = this.#context;
    const { leader, signal } = effect;
    const process = { group: this.plan.group, name: this.plan.name };
    if (hands.signal(leader, signal, effect.whom) === 'sent')
      hands.announce({ type: 'signalled', process, pid: leader.pid, signal });
  }

  #launch(): void {
    const { hands } = this.#context;
    const process = { group: this.plan.group, name: this.plan.name };
    this.#expect(this.#orElse(hands.launch(this.plan), notLaunched(this.plan)), (launched) => {
      if ('error' in launched) return { name: 'launch-failed', error: launched.error, retry: launched.retry };
      this.#remember({ score: launched.score });
      hands.announce({ type: 'launched', process, leader: launched.leader, score: launched.score });
      this.#context.launched?.(this);
      this.#expect(launched.ended, (exit) => {
        this.#remember({ stoppedAt: this.#context.clock.wall() });
        return { name: 'ended', exit };
      });
      return { name: 'launched', leader: launched.leader };
    });
  }

  /** What could not be done is reported, and does not keep the process where it is for ever. */
  #orElse<T>(promise: Promise<T>, answer: (error: unknown) => T): Promise<T> {
    return promise.catch((error: unknown) => {
      this.#context.onBug(error);
      return answer(error);
    });
  }

  /** A bug on the way is reported and stays with this process. */
  #expect<T>(promise: Promise<T>, stimulus: (value: T) => Stimulus): void {
    promise.then((value) => this.feed(stimulus(value))).catch(this.#context.onBug);
  }
}
