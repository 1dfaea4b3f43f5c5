// Does tsvisor read every real file as supervisord 4.2.5 does?

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { corpusCases, corpusIsThere, differences, edgeCases, placed, readCase } from './corpus.ts';
import type { Case } from './corpus.ts';

const compare = async (one: Case): Promise<string[]> => {
  const answer = one.expected.as_included ?? one.expected.as_main;
  const lodging = mkdtempSync(join(tmpdir(), 'tsvisor-corpus-'));
  try {
    const ours = await readCase(one, answer, lodging);
    if (answer.ok !== ours.ok) {
      return [answer.ok ? `accepted there, refused here: ${ours.problems.join(' | ')}` : `refused there, accepted here: ${answer.error}`];
    }
    return answer.ok ? differences(placed(answer.config, ours), ours.config) : [];
  } finally {
    rmSync(lodging, { recursive: true });
  }
};

describe.skipIf(!corpusIsThere)('the corpus', () => {
  test('reads', async () => {
    let n = 0;
    for (const one of [...corpusCases(), ...edgeCases()]) {
      n += 1;
      const found = await compare(one);
      if (found.length > 0) console.log(one.name, '\n   ', found.slice(0, 6).join('\n    '));
    }
    console.log(n);
    expect(n).toBeGreaterThan(300);
  }, 60_000);
});
