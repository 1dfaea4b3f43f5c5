import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cgroup } from '../../src/kernel/port.ts';
import type { Identity } from '../../src/model/phase.ts';
import { hunt, type HuntParts } from '../../src/spawn/hunt.ts';
import { FakeKernel, OURS } from '../kernel/fake.ts';
import { ManualClock, turn } from '../kernel/manual-clock.ts';
import { clock as realClock, lackFor, processes, Stage } from './launched-tree.ts';

describe('the hunt for leftovers', () => {
  let kernel: FakeKernel;
  let parts: HuntParts;
  let clock: ManualClock;

  beforeEach(() => {
    kernel = new FakeKernel();
    clock = new ManualClock();
    parts = {
      processes: kernel.processes,
      clock,
      tier: kernel.tier('inst'),
      instance: 'inst',
      ledger: [],
      spare: new Set([OURS, 1]),
    };
  });

  const marked = (instance = 'inst') => ({ ppid: 1, environ: { TSVISOR_COOKIE: `${instance}:ci:app:1` } });
  const leaf = (): Cgroup => kernel.tier('inst').leaf('ci', 'app');
  const inCgroup = (): Identity => kernel.spawn({ ppid: 1, cgroup: leaf() });

  test('says that it found nobody when nobody is left', async () => {
    kernel.spawn({ ppid: 1 });
    expect(await hunt(parts)).toEqual({
      found: { cgroup: [], ledger: [], scan: [] },
      killed: 0,
      took: 0,
      remaining: [],
    });
    expect(kernel.sent).toEqual([]);
  });

  test('finds each leftover once, by cgroup, by ledger, by cookie and by kinship, and kills them all', async () => {
    const held = inCgroup();
    const led = kernel.spawn({ ppid: 1 });
    const kin = kernel.spawn({ ppid: led.pid });
    const cookied = kernel.spawn(marked());
    const report = await hunt({ ...parts, ledger: [led, held] });
    expect(report).toMatchObject({ killed: 4, remaining: [] });
    expect(report.found.cgroup).toEqual([held]);
    expect(report.found.ledger).toEqual([led]);
    expect(report.found.scan).toHaveLength(2);
    expect(report.found.scan).toEqual(expect.arrayContaining([kin, cookied]));
    for (const one of [held, led, kin, cookied]) expect(kernel.processes.alive(one)).toBe(false);
  });

  test('leaves the programs of another tsvisor and everybody else alone', async () => {
    const others = [kernel.spawn(marked('inst2')), kernel.spawn(marked('ins')), kernel.spawn({ ppid: 1 })];
    expect(await hunt(parts)).toMatchObject({ killed: 0 });
    expect(others.every((one) => kernel.processes.alive(one))).toBe(true);
  });

  test('does not believe a line of the ledger whose pid has a new owner, nor follow its group', async () => {
    const old = kernel.spawn({});
    kernel.end(old.pid);
    const owner = kernel.reuse(old.pid, { ppid: 1 });
    const member = kernel.spawn({ ppid: 1, pgid: old.pid });
    expect(await hunt({ ...parts, ledger: [old] })).toMatchObject({ killed: 0 });
    expect(kernel.processes.alive(owner) && kernel.processes.alive(member)).toBe(true);
  });

  test('spares ourselves and our guardian where we stand in an old cgroup with our own cookie', async () => {
    const held = inCgroup();
    const self = kernel.spawn({ ...marked() });
    kernel.join(self.pid, leaf());
    const report = await hunt({ ...parts, spare: new Set([OURS, 1, self.pid]) });
    expect(kernel.processes.alive(self)).toBe(true);
    expect(kernel.processes.alive(held)).toBe(false);
    expect(report).toMatchObject({ killed: 1, remaining: [] });
  });

  test('gives up on one who does not die after ten seconds, and names it', async () => {
    const stuck = kernel.spawn({ ...marked(), deafTo: ['SIGKILL'] });
    const report = hunt(parts);
    for (let passed = 0; passed < 3000 && clock.now() < 12_000; passed += 1) {
      await turn();
      if (clock.next !== null) clock.advance(clock.next);
    }
    expect(await report).toMatchObject({ killed: 0, remaining: [stuck] });
  });
});

describe.skipIf(lackFor('cgroup2') !== null)('the hunt on the real kernel with cgroup2', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.strike());

  test('leaves no member of a program whose supervisor is forgotten', async () => {
    const { members } = await stage.launch('cgroup2', 'escapes-in-every-way.sh');
    const all = [...(await members(6)).values()];
    const alive = (): Identity[] => all.filter((one) => processes.alive(one));
    expect(alive()).toHaveLength(6);
    const spare = new Set([process.pid]);
    const { instance } = stage;
    const report = await hunt({
      processes,
      clock: realClock,
      tier: stage.tierOf(),
      instance,
      ledger: [],
      spare,
    });
    expect(alive()).toEqual([]);
    expect(report).toMatchObject({ killed: 6, remaining: [] });
    expect(report.found.cgroup).toHaveLength(6);
  });

  test('finds by cookie alone what no cgroup holds', async () => {
    const { members } = await stage.launch('scan', 'escapes-in-every-way.sh');
    const all = await members(6);
    const { instance } = stage;
    const spare = new Set([process.pid]);
    const report = await hunt({ processes, clock: realClock, tier: null, instance, ledger: [], spare });
    expect([...all].filter(([, one]) => processes.alive(one)).map(([name]) => name)).toEqual(['ghost']);
    expect(report.found.scan.length).toBe(5);
  });
});
