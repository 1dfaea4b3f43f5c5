// Deaths of mixed kinds, many at once: is each called what it was?

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { assertBuilt } from './dist.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/bench/verdicts.mjs', import.meta.url));

test.skipIf(!canLimitMemory)(
  'where memory cgroups can be made: of a hundred deaths none is called certain or no wrongly',
  { timeout: 180_000 },
  () => {
    assertBuilt();
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, '100'], {
      encoding: 'utf8',
      timeout: 170_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/100 kills, .* 0 called wrongly/);
    expect(stdout).toMatch(/own limit +\d+ +0 +0 +0 +0/);
    expect(status).toBe(0);
  },
);
