import { describe, test } from 'vitest';
import { contract, type Stage } from './contract.ts';
import { FakeKernel, OURS } from './fake.ts';
import { has, openReal, type Rung } from './real.ts';

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

contract('the fake kernel', openFake);

for (const rung of ['cgroup2', 'freezer'] satisfies Rung[]) {
  if (has(rung)) contract(`Linux with ${rung}`, () => openReal(rung));
  else
    describe.skip(`Linux with ${rung}: this machine does not let us make such a cgroup`, () =>
      test('', () => undefined));
}
