// After a supervisor was cut off: is each kill told once, of those that ran then?

import { expect, test } from 'vitest';
import { findUnseen, type UnseenParts } from '../../../src/daemon/memory/unseen.ts';
import type { Slot } from '../../../src/daemon/process/slot.ts';
import { createLinux } from '../../../src/kernel/linux.ts';
import type { Incident } from '../../../src/model/oom-report.ts';
import type { ProcessPlan } from '../../../src/model/plan.ts';
import type { State } from '../../../src/model/state.ts';
import { createEvidence } from '../../../src/oom/evidence.ts';
import { FakeKernel } from '../../kernel/fake.ts';
import { plan } from '../../model/process-plan.ts';

const PLANS = [plan(), plan({ name: 'other' })];

/** Two processes ran; the leader of `app` is killed when nobody looks. */
const scene = (state: State = 'STARTING') => {
  const kernel = new FakeKernel();
  const tier = kernel.tier('ab');
  const leaders = PLANS.map(({ group, name }) => kernel.spawn({ cgroup: tier.leaf(group, name) }));
  const [app] = leaders;
  if (app === undefined) throw new Error('nobody was spawned');
  // The fake's ticks are of no machine: the log's time is later than any.
  kernel.oomKill(app.pid, { usec: Number.MAX_SAFE_INTEGER });
  const entries = PLANS.map(
    ({ group, name }, at) =>
      [
        name === 'app' ? 'ci:app' : 'ci:other',
        { group, name, state, leader: leaders[at] ?? null, completed: false },
      ] as const,
  );
  const past = {
    exit: { code: null, signal: 'SIGKILL' },
    killed: 3,
    took: 2,
    oom: { before: 0, after: 1 },
    stuck: [],
  } as const;
  const link = { hello: { past } };
  // Of a slot nothing but its cgroup is looked at.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const slot = ({ group, name }: ProcessPlan) => ({ cgroup: tier.leaf(group, name) }) as unknown as Slot;
  const parts: UnseenParts = {
    setup: { link, linux: { ...createLinux(), oom: kernel.oom } },
    evidence: createEvidence(kernel.oom),
    ledger: { past: new Map(entries) },
    plans: PLANS,
    hands: { slot },
    incidents: { list: () => ({ folder: '', incidents: [] }) },
  };
  return { parts, app, kernel };
};

test('names the one that was killed, with how it ended, and not its neighbour', () => {
  const { parts, app } = scene();
  const deaths = findUnseen(parts);
  expect([...deaths.keys()]).toEqual(['ci:app']);
  expect(deaths.get('ci:app')).toMatchObject({
    leader: { pid: app.pid },
    exit: { code: null, signal: 'SIGKILL' },
    verdict: {
      oom: 'certain',
      cause: 'own-limit',
      evidence: { before: { machine: 0 }, after: { machine: 1 } },
    },
  });
});

test('says nothing of a kill that an incident has told already', () => {
  const { parts, kernel } = scene();
  const evidence = { before: {}, after: {}, records: kernel.log, kernelLog: 'readable' };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const told = { verdict: { evidence } } as unknown as Incident;
  expect(findUnseen({ ...parts, incidents: { list: () => ({ folder: '', incidents: [told] }) } }).size).toBe(
    0,
  );
});

test.each(['BACKOFF', 'STOPPED', 'EXITED', 'FATAL'] as const)('leaves out who was %s then', (state) => {
  expect(findUnseen(scene(state).parts).size).toBe(0);
});
