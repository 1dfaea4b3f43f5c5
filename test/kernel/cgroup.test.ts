import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { cgroupName } from '../../src/kernel/cgroup-name.ts';
import { cgroupPlaces, folderOf, outside } from '../../src/kernel/cgroup-place.ts';
import { probeCgroups } from '../../src/kernel/cgroup.ts';
import type { CgroupTier } from '../../src/kernel/port.ts';
import { lackOf, probe, CGROUP_KINDS, uniqueInstance } from './real.ts';
import { until } from '../until.ts';

const V2_LINE = '41 31 0:38 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const MEMORY_LINE = '35 31 0:32 /docker/abc /sys/fs/cgroup/memory\\040x ro,nosuid - cgroup cgroup rw,memory';

describe('our place in the cgroup trees', () => {
  test('is found on pure v2', () => {
    const [place] = cgroupPlaces(V2_LINE, '0::/system.slice/tsvisor.service\n');
    expect(place?.mount.version).toBe(2);
    expect(place === undefined ? null : folderOf(place)).toBe('/sys/fs/cgroup/system.slice/tsvisor.service');
  });

  test('is found below a mount that shows only a part of the tree, under an escaped name', () => {
    const [place] = cgroupPlaces(MEMORY_LINE, '7:cpu:/\n4:memory:/docker/abc/inner\n');
    expect(place === undefined ? null : folderOf(place)).toBe('/sys/fs/cgroup/memory x/inner');
  });

  test('is the mount itself for the topmost cgroup', () => {
    const [place] = cgroupPlaces(V2_LINE, '0::/');
    expect(place === undefined ? null : folderOf(place)).toBe('/sys/fs/cgroup');
  });

  test.each(['0::/../outside', '4:memory:/docker/abcd', '4:memory:/other'])(
    'is not there when the mount does not show it: %s',
    (line) => {
      const places = cgroupPlaces(`${V2_LINE}\n${MEMORY_LINE}`, line);
      expect(places.map(folderOf)).toEqual([null]);
    },
  );

  test('keeps a colon in its path, and passes over named hierarchies', () => {
    const named = '40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd';
    const places = cgroupPlaces(`${named}\n${V2_LINE}`, '9:freezer:/\n0::/a:b\n');
    expect(places.map((place) => place.path)).toEqual(['/a:b']);
  });

  test.each(['/x/tsvisor-ab12/ci/app', '/x/tsvisor-ab12-supervisor', '/x/tsvisor-ab12', '/x'])(
    'is taken above the cgroups of an earlier life: %s',
    (path) => {
      const [place] = cgroupPlaces(V2_LINE, `0::${path}`);
      expect(place === undefined ? null : outside(place, 'ab12').path).toBe('/x');
    },
  );
});

describe('the name of a cgroup', () => {
  const tricky = ['', '.', '..', 'a/b', 'tasks', 'cgroup.procs', 'a\nb', '%', '%2E', 'ü', 'x'.repeat(300)];

  test('is legal and unique for any text', () => {
    const text = fc.oneof(fc.constantFrom(...tricky), fc.string({ unit: 'binary', maxLength: 400 }));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const name = cgroupName(one);
        expect(name).toMatch(/^[\w@:+=,~%-]{1,255}$/);
        expect(name).not.toBe('tasks');
        expect(name === cgroupName(other)).toBe(one === other);
      }),
    );
  });

  test('of an ordinary process is the name itself', () => {
    expect(cgroupName('app-1_b:c@2')).toBe('app-1_b:c@2');
  });
});

describe('a probe', () => {
  test('says why when nothing is mounted', () => {
    const found = probeCgroups({ instance: uniqueInstance(), own: [], mountinfo: '', selfCgroup: '' });
    expect(found.tier).toBeNull();
    expect(found.why).toBe(
      'no cgroup can be used to kill: cgroup.kill: not mounted; freezer.state: not mounted; cgroup.freeze: not mounted',
    );
  });

  test('does not believe a folder that only looks like a cgroup tree, and leaves nothing in it', () => {
    const line = V2_LINE.replace('/sys/fs/cgroup', '/tmp');
    const instance = uniqueInstance();
    const found = probeCgroups({ instance, own: [], mountinfo: line, selfCgroup: '0::/' });
    expect(found.tier).toBeNull();
    expect(found.why).toContain('/tmp is not a cgroup v2 file system');
    expect(existsSync(`/tmp/tsvisor-${instance}`)).toBe(false);
  });

  test('says why when our own cgroup is not shown', () => {
    const found = probeCgroups({
      instance: uniqueInstance(),
      own: [],
      mountinfo: V2_LINE,
      selfCgroup: '0::/../x',
    });
    expect(found.why).toContain('/sys/fs/cgroup does not show our own cgroup /../x');
  });
});

describe.each(CGROUP_KINDS.map((kind) => ({ kind, lacks: lackOf(kind) })))(
  'cgroups of $kind (lacking: $lacks)',
  ({ kind, lacks }) => {
    let tier: CgroupTier | null = null;
    afterEach(() => {
      tier?.dismantle();
      if (existsSync(tier?.root ?? '/none')) throw new Error(`cannot leave: ${tier?.root} remains`);
      tier = null;
    });
    const open = (): CgroupTier => {
      const found = probe(kind);
      if (found.tier === null) throw new Error(found.why);
      tier = found.tier;
      return found.tier;
    };

    describe.skipIf(lacks !== null)('on the real kernel', () => {
      test('any name makes a folder of its own', () => {
        const here = open();
        const names = ['app', 'a.b', 'tasks', 'cgroup.procs', '..', 'ä\n/', 'y'.repeat(300)];
        const files = names.map((name) => here.leaf('g.1', name).joinFiles[0] ?? '');
        expect(new Set(files).size).toBe(names.length);
        for (const file of files) expect(existsSync(file)).toBe(true);
      });

      test('a leaf that somebody removed is empty, kills nobody, and is made again when asked for', () => {
        const here = open();
        const leaf = here.leaf('ci', 'app');
        for (const file of leaf.joinFiles) rmdirSync(dirname(file));
        expect(leaf.empty()).toBe(true);
        expect(leaf.members()).toEqual([]);
        expect(leaf.kill()).toBe(0);
        expect(leaf.counters().cgroup).toBeNull();
        expect(here.leaf('ci', 'app')).toBe(leaf);
        for (const file of leaf.joinFiles) expect(existsSync(file)).toBe(true);
      });

      test('members of a cgroup that a program makes below its own are members, and die with it', async () => {
        const leaf = open().leaf('ci', 'app');
        const inner = `${dirname(leaf.joinFiles[0] ?? '')}/inner`;
        mkdirSync(inner);
        const child = spawn('sleep', ['1000']);
        const ended = once(child, 'exit');
        writeFileSync(`${inner}/cgroup.procs`, String(child.pid));
        expect(leaf.members()).toEqual([child.pid]);
        expect(leaf.empty()).toBe(false);
        expect(leaf.kill()).toBe(1);
        await ended;
        await until('empty', () => leaf.empty());
        leaf.remove();
        expect(existsSync(inner)).toBe(false);
      });

      test('remove leaves nothing of the process, dismantle nothing at all', () => {
        const here = open();
        const leaf = here.leaf('ci', 'app');
        const folder = dirname(leaf.joinFiles[0] ?? '');
        expect(statSync(folder).isDirectory()).toBe(true);
        leaf.remove();
        expect(existsSync(folder)).toBe(false);
        here.dismantle();
        expect(existsSync(here.root)).toBe(false);
      });

      test('a limit names the file that enforces it, and what is not enforced', () => {
        const here = open();
        const leaf = here.leaf('ci', 'app');
        expect(leaf.limit({ max: null, high: null })).toEqual({ enforcedBy: null, refusal: null });
        const limited = leaf.limit({ max: 64 * 1024 * 1024, high: 32 * 1024 * 1024 });
        expect(limited).toEqual(EXPECTED_LIMIT[here.memory ?? 'none']);
      });
    });
  },
);

const EXPECTED_LIMIT = {
  v1: {
    enforcedBy: 'memory.limit_in_bytes',
    refusal: 'memory_high needs cgroup v2; here the memory controller is v1',
  },
  v2: { enforcedBy: 'memory.max', refusal: null },
  none: { enforcedBy: null, refusal: 'no memory controller is available here' },
};

describe.skipIf(lackOf('cgroup2') !== null)('a supervisor started inside of an old leaf', () => {
  test('leaves it, so that a sweep of that leaf does not hit it', async () => {
    const first = probe('cgroup2');
    const leaf = first.tier?.leaf('ci', 'app');
    const instance = first.tier?.root.replace(/.*tsvisor-/, '') ?? '';
    const child = spawn('sleep', ['1000']);
    const ended = once(child, 'exit');
    writeFileSync(leaf?.joinFiles[0] ?? '', String(child.pid));
    expect(leaf?.members()).toEqual([child.pid]);
    const inside = readFileSync(`/proc/${child.pid}/cgroup`, 'utf8');
    const again = probeCgroups({ instance, own: [child.pid ?? 0], selfCgroup: inside });
    expect(again.tier?.root).toBe(first.tier?.root);
    expect(leaf?.members()).toEqual([]);
    child.kill('SIGKILL');
    await ended;
    again.tier?.dismantle();
  });
});
