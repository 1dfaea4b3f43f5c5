// Is a config's tsvisor known by one name, whatever path leads to the file?

import { mkdirSync, rmdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { configPlaces, findConfig } from '../../src/config/find.ts';
import { instanceOf, lockName, MAX_SOCKET_PATH, runtimeDirFor, runtimeOf } from '../../src/config/runtime.ts';
import { TsvisorError } from '../../src/model/errors.ts';
import { makeFolder, planOf } from './sandbox.ts';

const isRoot = process.getuid?.() === 0;

describe('the runtime folder', () => {
  test('is the same for every path to a file, and another for another file', () => {
    const folder = makeFolder({ 'a.conf': '', 'b.conf': '' });
    symlinkSync('a.conf', join(folder, 'link.conf'));
    const env = {};
    expect(runtimeDirFor(join(folder, 'link.conf'), env)).toBe(runtimeDirFor(join(folder, 'a.conf'), env));
    expect(runtimeDirFor(join(folder, 'b.conf'), env)).not.toBe(runtimeDirFor(join(folder, 'a.conf'), env));
    expect(runtimeDirFor(join(folder, 'a.conf'), env)).toMatch(/\/a-[0-9a-f]{8}$/);
  });

  test.skipIf(!isRoot)('is below /run for root', () => {
    expect(runtimeDirFor('/x/y.yaml', { XDG_RUNTIME_DIR: '/run/user/7' })).toMatch(/^\/run\/tsvisor\/y-/);
  });

  test.skipIf(isRoot)('is below XDG_RUNTIME_DIR or /tmp for others', () => {
    expect(runtimeDirFor('/x/y.yaml', { XDG_RUNTIME_DIR: '/run/user/7' })).toMatch(
      /^\/run\/user\/7\/tsvisor\/y-/,
    );
    expect(runtimeDirFor('/x/y.yaml', {})).toMatch(/^\/tmp\/tsvisor-\d+\/y-/);
  });

  test('is not in a folder that somebody else has made where everybody may', () => {
    const uid = 3_000_000_000 + process.pid;
    const trap = `/tmp/tsvisor-${uid}`;
    vi.spyOn(process, 'getuid').mockReturnValue(uid);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(runtimeDirFor('/x/y.yaml', {})).toContain(`${trap}/`);
    mkdirSync(trap);
    onTestFinished(() => rmdirSync(trap));
    expect(runtimeDirFor('/x/y.yaml', {})).not.toContain(`${trap}/`);
  });

  test('is what runtime_dir says', async () => {
    const plan = await planOf('[supervisord]\nruntime_dir=%(here)s/run');
    const runtime = runtimeOf(plan);
    expect(runtime).toMatchObject({ dir: plan.file.replace('supervisord.conf', 'run'), problem: null });
    expect(runtime.socket).toBe(`${runtime.dir}/tsvisor.sock`);
    expect(runtime.instance).toBe(instanceOf(runtime.dir));
  });

  test('is refused when the kernel has no room for the path of its socket', async () => {
    const plan = await planOf(`[supervisord]\nruntime_dir=/${'x'.repeat(93)}`);
    expect(runtimeOf(plan).problem).toBeNull();
    const longer = await planOf(`[supervisord]\nruntime_dir=/${'x'.repeat(94)}`);
    expect(runtimeOf(longer).problem).toMatchObject({
      key: 'runtime_dir',
      message: expect.stringContaining(`108 bytes and the kernel takes ${MAX_SOCKET_PATH}`),
    });
  });
});

test('the lock has the instance in its name and exactly 107 characters', () => {
  const instance = instanceOf('/run/tsvisor/x');
  expect(instance).toMatch(/^[0-9a-f]{8}$/);
  expect(lockName(instance)).toContain(instance);
  expect(lockName(instance)).toHaveLength(107);
  expect(lockName(instanceOf('/run/tsvisor/y'))).not.toBe(lockName(instance));
});

describe('the search for a config', () => {
  test("goes through supervisord's places, tsvisor's own file first in each", () => {
    expect(
      configPlaces({ cwd: '/w', program: '/usr/bin/tsvisor' }).filter((place) => place.endsWith('.conf')),
    ).toEqual([
      '/usr/etc/supervisord.conf',
      '/usr/supervisord.conf',
      '/w/supervisord.conf',
      '/w/etc/supervisord.conf',
      '/etc/supervisord.conf',
      '/etc/supervisor/supervisord.conf',
      '/etc/tsvisor/supervisord.conf',
    ]);
    expect(configPlaces({ cwd: '/w' }).slice(0, 3)).toEqual([
      '/w/etc/tsvisor.yaml',
      '/w/etc/tsvisor.yml',
      '/w/etc/supervisord.conf',
    ]);
  });

  test('takes the first that is there', () => {
    const folder = makeFolder({ 'supervisord.conf': '', 'tsvisor.yml': '' });
    expect(findConfig({ cwd: folder })).toBe(join(folder, 'tsvisor.yml'));
  });

  test('refuses with the places it looked at when there is none', () => {
    const folder = makeFolder({});
    const attempt = (): string =>
      findConfig({ cwd: folder, program: join(folder, 'bin/x'), exists: () => false });
    expect(attempt).toThrow(TsvisorError);
    expect(attempt).toThrow(`no tsvisor.yaml, tsvisor.yml or supervisord.conf in ${folder}/etc, ${folder}, `);
  });
});
