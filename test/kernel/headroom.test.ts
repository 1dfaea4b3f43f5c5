// Is what is left to us counted where it is tightest, in every tree that a container may show?

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createHeadroom, type Headroom } from '../../src/kernel/headroom.ts';
import { memoryPlaces } from '../../src/kernel/cgroup-place.ts';

const MB = 1024 * 1024;
const MACHINE = { available: 4096 * MB, total: 8192 * MB };

let root: string;
let now: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tsvisor-headroom-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  now = 0;
});

const put = (path: string, text: string | number): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), `${text}\n`);
};

const v2 = (shown = '/'): string => `30 1 0:26 ${shown} ${root} rw - cgroup2 cgroup2 rw`;
const v1 = (shown = '/'): string => `31 1 0:27 ${shown} ${root} rw - cgroup cgroup rw,memory`;

const open = (mountinfo: string, ownCgroup: string): (() => Headroom) =>
  createHeadroom({ mountinfo, ownCgroup: () => ownCgroup, machine: () => MACHINE, now: () => now });

const limited = (folder: string, max: number | string, used: number): void => {
  put(join(folder, 'memory.max'), max);
  put(join(folder, 'memory.high'), 'max');
  put(join(folder, 'memory.current'), used);
};

describe('the headroom', () => {
  test('is the machine where nothing limits us', () => {
    limited('unit', 'max', 300 * MB);
    expect(open(v2(), '0::/unit')()).toEqual({ ...MACHINE, limitedBy: null });
    expect(open('', '')()).toEqual({ ...MACHINE, limitedBy: null });
  });

  test("is a container's own limit, which stands at / in its cgroup namespace; file pages count as free", () => {
    limited('.', 512 * MB, 300 * MB);
    put('memory.stat', `anon 9\ninactive_file ${100 * MB}\nactive_file ${20 * MB}\nslab_reclaimable 0`);
    expect(open(v2(), '0::/')()).toEqual({ available: 332 * MB, total: 512 * MB, limitedBy: '/' });
  });

  test('is the tightest of several, and a limit that slows down counts too', () => {
    limited('slice', 1000 * MB, 900 * MB);
    limited('slice/unit', 500 * MB, 100 * MB);
    const look = open(v2(), '0::/slice/unit');
    expect(look()).toMatchObject({ available: 100 * MB, limitedBy: '/slice' });
    put('slice/unit/memory.high', 150 * MB);
    expect(look()).toMatchObject({ available: 50 * MB, total: 150 * MB, limitedBy: '/slice/unit' });
  });

  test('is read from v1 where the memory controller is there, and a container without a namespace shows only itself', () => {
    put('memory.limit_in_bytes', 256 * MB);
    put('memory.usage_in_bytes', 200 * MB);
    put('memory.stat', `total_inactive_file ${10 * MB}\ntotal_active_file 0`);
    const own = '4:memory:/docker/abc\n0::/';
    const look = open(v1('/docker/abc'), own);
    expect(look()).toEqual({ available: 66 * MB, total: 256 * MB, limitedBy: '/docker/abc' });
    put('memory.limit_in_bytes', '9223372036854771712');
    expect(look()).toEqual({ ...MACHINE, limitedBy: null });
  });

  test('sees a limit that is set while we run, within half a minute', () => {
    limited('unit', 'max', 100 * MB);
    const look = open(v2(), '0::/unit');
    expect(look().limitedBy).toBeNull();
    put('unit/memory.max', 200 * MB);
    expect(look().limitedBy).toBeNull();
    now += 30_000;
    expect(look()).toMatchObject({ available: 100 * MB, limitedBy: '/unit' });
    rmSync(join(root, 'unit'), { recursive: true });
    expect(look().limitedBy).toBeNull();
  });

  test('is never below nothing', () => {
    limited('.', 100 * MB, 101 * MB);
    expect(open(v2(), '0::/')().available).toBe(0);
  });
});

test('places of the memory controller go from our own up to the topmost', () => {
  const paths = memoryPlaces(`${v2()}\n${v1()}`, '4:memory:/a/b\n0::/c').map(({ path }) => path);
  expect(paths).toEqual(['/a/b', '/a', '/']);
  expect(memoryPlaces(v2(), '0::/').map(({ path }) => path)).toEqual(['/']);
  expect(memoryPlaces('', '')).toEqual([]);
});
