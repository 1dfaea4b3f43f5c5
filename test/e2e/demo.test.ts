// Does the demo, as a newcomer runs it, keep every promise?

import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { assertBuilt } from './dist.ts';

const DEMO = fileURLToPath(new URL('../../scripts/demo/main.mjs', import.meta.url));

test('the demo plays its four scenes, keeps every promise and exits 0', async () => {
  assertBuilt();
  const { exitCode, stdout } = await execa(process.execPath, [DEMO], { reject: false, timeout: 50_000 });
  expect(stdout).toMatch(/Every promise was kept/);
  expect(exitCode).toBe(0);
  for (const scene of ['1.', '2.', '3.', '4.']) expect(stdout).toMatch(new RegExp(`^${scene} `, 'm'));
  const verdicts = stdout.match(/the verdict is certain/g) ?? [];
  expect(verdicts).toHaveLength(canLimitMemory ? 2 : 0);
});
