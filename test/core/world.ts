// A supervisor whose programs launch, obey and vanish at once, over a manual clock.

import { Supervisor, type Remembered, type SupervisorOptions } from '../../src/core/supervisor.ts';
import type { Hands } from '../../src/core/hands.ts';
import type { Event } from '../../src/model/event.ts';
import type { Exit } from '../../src/model/phase.ts';
import type { GroupPlan, Plan, ProcessPlan } from '../../src/model/plan.ts';
import type { State } from '../../src/model/state.ts';
import { ManualClock } from '../kernel/manual-clock.ts';
import { plan } from '../model/process-plan.ts';
import { EMPTY, KILLED, verdict } from './stage.ts';

export const group = (name: string, priority: number, processes: Partial<ProcessPlan>[]): GroupPlan => ({
  name,
  priority,
  kind: 'group',
  processes: processes.map((one) => plan({ group: name, ...one })),
});

/** Hands whose programs launch, obey and vanish at once; `diary` tells what was done. */
const obedient = (): {
  hands: Hands;
  diary: string[];
  die: (name: string, exit: Exit) => void;
  ooms: Set<string>;
  events: Event[];
} => {
  const diary: string[] = [];
  const ends = new Map<string, (exit: Exit) => void>();
  const pids = new Map<number, string>();
  const ooms = new Set<string>();
  const events: Event[] = [];
  const hands: Hands = {
    launch: async ({ name }) => {
      diary.push(`launch ${name}`);
      const leader = { pid: 1000 + pids.size, startTick: 1 };
      pids.set(leader.pid, name);
      const ended = new Promise<Exit>((resolve) => ends.set(name, resolve));
      return { leader, score: { requested: 0, effective: 0, refusal: null }, ended };
    },
    signal: (leader, signal) => {
      const name = pids.get(leader.pid) ?? '';
      diary.push(`${signal} ${name}`);
      ends.get(name)?.({ code: null, signal: typeof signal === 'string' ? signal : null });
      return 'sent';
    },
    sweep: async ({ name }) => {
      ends.get(name)?.(KILLED);
      return EMPTY;
    },
    freed: () => Promise.resolve(),
    judge: async ({ name }) => verdict(ooms.delete(name) ? 'certain' : 'no'),
    announce: (event) => {
      events.push(event);
      if (event.type === 'mood') diary.push(event.mood);
    },
    inspect: () => ({ containment: 'scan', members: [], enforcedBy: null }),
    logs: () => ({ stdoutLog: '', stderrLog: '' }),
    usage: async () => new Map(),
    prepare: async () => undefined,
    adopt: () => [],
    release: async () => undefined,
    lookup: () => null,
  };
  return { hands, diary, die: (name, exit) => ends.get(name)?.(exit), ooms, events };
};

export const supervise = (
  groups: GroupPlan[],
  remembered: Remembered = new Map<string, State>(),
  more: Partial<SupervisorOptions> = {},
) => {
  const world = obedient();
  const clock = new ManualClock();
  const bugs: unknown[] = [];
  // Core reads nothing but the groups of a plan.
  const whole = { groups } as unknown as Plan;
  const supervisor = new Supervisor({
    plan: whole,
    hands: world.hands,
    clock,
    remembered,
    ...more,
    onBug: (bug) => bugs.push(bug),
  });
  return { ...world, clock, bugs, supervisor };
};
