// Under any sequence of stimuli: never a second leader, never a launch before the sweep is done, no timer left at rest.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLAIN_DUTY } from '../../src/model/duty.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';
import { KILLED, OK, Stage, verdict } from './stage.ts';
import { PLAIN_CARE } from '../model/process-plan.ts';

const acts = [
  'start',
  'restart',
  'stop',
  'shutdown',
  'condemn',
  'hang',
  'extend',
  'launched',
  'launch fails',
  'ends',
  'killed',
  'judged',
  'oom',
  'swept',
  'remaining',
  'freed',
  'second',
  'minute',
  'short',
  'plenty',
  'tick',
] as const;

const plans: fc.Arbitrary<Partial<ProcessPlan>> = fc.record({
  autorestart: fc.constantFrom('always', 'unexpected', 'never'),
  onOom: fc.constantFrom('restart', 'restart-group', 'stop', 'continue'),
  survivors: fc.constantFrom('kill', 'leave'),
  startsecs: fc.constantFrom(0, 1, 5),
  startretries: fc.constantFrom(0, 2),
  duty: fc.constantFrom(PLAIN_DUTY, { ...PLAIN_DUTY, type: 'oneshot' as const }),
  care: fc
    .record({
      oomRestart: fc.option(
        fc.record({
          delay: fc.constantFrom(0, 2),
          maxDelay: fc.constant(30),
          jitter: fc.constantFrom(0, 0.5),
          most: fc.constantFrom(null, 1),
          window: fc.constant(60),
          afterwards: fc.constantFrom('stop' as const, 'keep-trying' as const),
        }),
      ),
      startWhen: fc.option(fc.constant({ memoryAvailable: 100, pressureBelow: null })),
    })
    .map((care) => ({ ...PLAIN_CARE, ...care })),
});

/** Mirrors reality beside the machine: at most one leader, and the sweep that its death owes. */
class Reality {
  launching = false;
  leader = false;
  sweeping = false;
  judging = false;
  stuck = false;
  readonly stage = new Stage();
  readonly broken: string[] = [];

  constructor() {
    const { hands } = this.stage;
    const { launch, sweep, judge, freed } = hands;
    Object.assign(hands, {
      launch: (plan: ProcessPlan) => {
        if (this.launching || this.leader) this.broken.push('a second leader');
        if (this.sweeping || this.stuck) this.broken.push('a launch before the sweep was done');
        if (this.judging) this.broken.push('a launch before the verdict was written');
        if ((this.stage.memory.available ?? 0) < 100 && plan.care.startWhen !== null)
          this.broken.push('a launch while memory was short');
        this.launching = true;
        return launch(plan);
      },
      sweep: (...args: Parameters<typeof sweep>) => {
        this.sweeping = true;
        return sweep(...args);
      },
      judge: (...args: Parameters<typeof judge>) => {
        this.judging = true;
        return judge(...args);
      },
      freed: (...args: Parameters<typeof freed>) => {
        this.stuck = true;
        return freed(...args);
      },
    });
  }

  async act(name: (typeof acts)[number], process: ReturnType<Stage['process']>): Promise<void> {
    const { stage } = this;
    if (name === 'start') process.feed({ name: 'start', automatic: false });
    if (name === 'restart') process.feed({ name: 'start', automatic: true });
    if (name === 'stop' || name === 'shutdown') process.feed({ name: 'stop', reason: name });
    if (name === 'condemn') process.feed({ name: 'condemn', reason: 'oom-member', verdict: null });
    if (name === 'hang') process.feed({ name: 'condemn', reason: 'watchdog', verdict: verdict() });
    if (name === 'extend') process.feed({ name: 'extend', ms: 5000 });
    if (name === 'second') stage.clock.advance(1000);
    if (name === 'minute') stage.clock.advance(60_000);
    if (name === 'short') stage.memory = { available: 10, pressure: 0 };
    if (name === 'plenty') stage.memory = { available: 1000, pressure: 0 };
    if (name === 'tick') stage.gate.tick();
    if (name === 'launched' && this.launching) {
      this.launching = false;
      this.leader = true;
      await stage.launched();
    }
    if (name === 'launch fails' && this.launching) {
      this.launching = false;
      await stage.launchFails();
    }
    if ((name === 'ends' || name === 'killed') && this.leader) {
      this.leader = false;
      await stage.ends(name === 'ends' ? OK : KILLED);
    }
    if ((name === 'judged' || name === 'oom') && this.judging) {
      this.judging = false;
      await stage.judges(verdict(name === 'oom' ? 'certain' : 'no'));
    }
    if ((name === 'swept' || name === 'remaining') && this.sweeping) {
      this.sweeping = false;
      if (name === 'remaining') this.stuck = true;
      await stage.sweptEmpty(
        name === 'remaining' ? { remaining: [{ pid: 9, startTick: 9 }] } : { killed: 1 },
      );
    }
    if (name === 'freed' && this.stuck && !this.sweeping) {
      this.stuck = false;
      await stage.membersFreed();
    }
  }
}

const REST = ['stopped', 'exited', 'fatal'];

describe('the machine under random stimuli', () => {
  test('keeps its promises', async () => {
    let launches = 0;
    let waits = 0;
    await fc.assert(
      fc.asyncProperty(
        plans,
        fc.array(fc.constantFrom(...acts), { minLength: 60, maxLength: 160 }),
        async (more, script) => {
          const reality = new Reality();
          const process = reality.stage.process(more);
          for (const name of script) {
            await reality.act(name, process);
            if (REST.includes(process.phase.name)) expect(reality.stage.clock.armed).toBe(0);
            expect(reality.stage.clock.armed).toBeLessThanOrEqual(1);
          }
          launches += reality.stage.leaders.length;
          waits += reality.stage.told.match(/STARTING>BACKOFF/g)?.length ?? 0;
          expect(reality.broken).toEqual([]);
          expect(reality.stage.bugs).toEqual([]);
        },
      ),
      { numRuns: 600 },
    );
    expect(launches).toBeGreaterThan(500);
    expect(waits).toBeGreaterThan(50);
  });
});
