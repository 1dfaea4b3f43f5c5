import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cgroup2IceHold } from '../../src/kernel/cgroup-hold.ts';
import type { CgroupTier } from '../../src/kernel/port.ts';
import { lackOf, probe, strikeCgroups } from './real.ts';
import { until } from '../until.ts';

const HOPS = resolve(import.meta.dirname, '../programs/hops.sh');

describe.skipIf(lackOf('cgroup2') !== null)('the v2 freezer, for kernels without cgroup.kill', () => {
  let tier: CgroupTier;
  let folder: string;
  beforeEach(() => {
    const found = probe('cgroup2').tier;
    if (found === null) throw new Error('cannot play: no tier');
    tier = found;
    folder = mkdtempSync(join(tmpdir(), 'tsvisor-hold-'));
  });
  afterEach(async () => {
    rmSync(join(folder, 'hop'), { force: true });
    await strikeCgroups(tier);
    rmSync(folder, { recursive: true, force: true });
  });

  test('kills members that fork and end as fast as they can, and does not leave the cgroup frozen', async () => {
    const [procs = ''] = tier.leaf('ci', 'app').joinFiles;
    const cgroup = dirname(procs);
    const child = spawn('sh', ['-c', `echo $$ >${procs}; exec sh ${HOPS} 3`], {
      cwd: folder,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const hops = (each: number): number => {
      const path = join(folder, `hop-${each}`);
      return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
    };
    await until('three hoppers', () => [1, 2, 3].every((each) => hops(each) > 2));
    await until('nobody left', () => {
      cgroup2IceHold.kill(cgroup);
      return cgroup2IceHold.empty(cgroup);
    });
    await ended;
    expect(cgroup2IceHold.members(cgroup)).toEqual([]);
    expect(readFileSync(`${cgroup}/cgroup.freeze`, 'utf8')).toBe('0\n');
    expect(cgroup2IceHold.kill(`${cgroup}/none`)).toBe(0);
    expect(cgroup2IceHold.empty(`${cgroup}/none`)).toBe(true);
  });
});
