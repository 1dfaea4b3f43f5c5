import { contract, type Stage } from './contract.ts';
import { FakeKernel, OURS } from './fake.ts';
import { lackOf, openReal, CGROUP_KINDS } from './real.ts';

const openFake = async (): Promise<Stage> => {
  const kernel = new FakeKernel();
  return {
    ours: OURS,
    processes: kernel.processes,
    tier: kernel.tier('contract'),
    spawn: async ({ environ, cgroup, groupOf } = {}) =>
      kernel.spawn({
        ...(environ === undefined ? {} : { environ }),
        ...(cgroup === undefined ? {} : { cgroup }),
        ...(groupOf === undefined ? {} : { pgid: groupOf.pid, ppid: groupOf.pid }),
      }),
    strike: async () => undefined,
  };
};

contract({ name: 'the fake kernel', lacks: null, open: openFake });

for (const kind of CGROUP_KINDS)
  contract({ name: `Linux with ${kind}`, lacks: lackOf(kind), open: () => openReal(kind) });
