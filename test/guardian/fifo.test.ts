// Are named pipes made where there are none, and is everything else told?

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { guardianBinary, noCompiler } from './binary.ts';

const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fifo = (...words: string[]): { status: number | null; stderr: string } =>
  spawnSync(guardianBinary(), ['fifo', ...words], { encoding: 'utf8' });

describe.skipIf(noCompiler)('fifo (needs a C compiler)', () => {
  test('makes all of them with exactly the mode asked for, and is content with those that exist', () => {
    const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
    const before = process.umask(0o077);
    expect(fifo('622', paths[0] ?? '').status).toBe(0);
    expect(fifo('622', ...paths)).toMatchObject({ status: 0, stderr: '' });
    process.umask(before);
    for (const path of paths) {
      const stats = statSync(path);
      expect([stats.isFIFO(), stats.mode & 0o777]).toEqual([true, 0o622]);
    }
  });

  test('tells each path that cannot be made, and makes the others', () => {
    const file = join(folder, 'file');
    const good = join(folder, 'good');
    writeFileSync(file, '');
    const { status, stderr } = fifo('600', file, '/no/such/folder/x', good);
    expect(status).toBe(1);
    expect(stderr).toBe(`${file} 17\n/no/such/folder/x 2\n`);
    expect(statSync(good).isFIFO()).toBe(true);
  });

  test('refuses a mode that is no octal number', () => {
    expect(fifo('rw', join(folder, 'x')).status).toBe(125);
    expect(fifo().status).toBe(125);
  });
});
