// Is the runtime folder made with what is above it, and one that cannot be made told instead of tried for ever?

import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRuntimeFolder } from '../../../src/cli/life/last-words.ts';
import { planOf } from '../../config/sandbox.ts';
import { temporaryFolder } from '../../api/sandbox.ts';

const make = async (runtimeDir: string): Promise<void> => {
  const plan = await planOf('[supervisord]\n');
  makeRuntimeFolder({ plan, warnings: [], runtimeDir, socket: join(runtimeDir, 'tsvisor.sock') });
};

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('makes the folder for its owner alone, and what is above it so that others may pass', async () => {
  const root = temporaryFolder();
  await make(join(root, 'a', 'b', 'run'));
  expect([modeOf(join(root, 'a', 'b')), modeOf(join(root, 'a', 'b', 'run'))]).toEqual([0o755, 0o700]);
});

test('takes one that is there as it is, with what is above it', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'a', 'run'), { recursive: true });
  chmodSync(join(root, 'a'), 0o711);
  await make(join(root, 'a', 'run'));
  expect(modeOf(join(root, 'a'))).toBe(0o711);
});

test('refuses where a file is in the way, and where the kernel takes no folder', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'file'), '');
  await expect(make(join(root, 'file'))).rejects.toMatchObject({ code: 'START_FAILED' });
  await expect(make(join(root, 'file', 'run'))).rejects.toMatchObject({ code: 'START_FAILED' });
  await expect(make('/proc/tsvisor/run')).rejects.toThrow(/\/proc\/tsvisor\/run cannot be used: ENOENT/);
});
