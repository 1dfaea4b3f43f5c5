// Scores that an operator set while programs run: kept over restarts of the supervisor, as long as the config says what it said.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../kernel/own-file.ts';
import type { Hands } from '../../core/hands.ts';
import { choose } from '../../core/orders.ts';
import type { Supervisor } from '../../core/supervisor.ts';
import type { Process } from '../../core/process.ts';
import type { Outcome } from '../../model/command.ts';
import { errorText } from '../../model/errors.ts';
import { scoreText } from '../../model/plan.ts';
import { readScore } from './oom-rank.ts';

interface Kept {
  /** As a config would say it. */
  readonly score: string;
  /** What the config said then. */
  readonly over: string;
}

export interface ScoresParts {
  readonly folder: string;
  readonly supervisor: () => Supervisor;
  readonly hands: () => Pick<Hands, 'adopt'>;
  /** What was set holds, but the next supervisor will not know of it. */
  readonly failed: (why: string) => void;
}

const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' &&
  value !== null &&
  'score' in value &&
  typeof value.score === 'string' &&
  'over' in value;

const load = (path: string): Map<string, Kept> => {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return new Map(Object.entries(read ?? {}).filter((entry): entry is [string, Kept] => isKept(entry[1])));
  } catch {
    // Not there in the first life, or not whole: then nothing is remembered.
    return new Map();
  }
};

export class Scores {
  readonly #parts: ScoresParts;
  readonly #path: string;
  readonly #kept: Map<string, Kept>;

  constructor(parts: ScoresParts) {
    this.#parts = parts;
    this.#path = join(parts.folder, 'scores.json');
    this.#kept = load(this.#path);
  }

  /** Before the first launch: what an operator had set holds again, unless the config has changed since. */
  restore(): void {
    for (const process of this.#parts.supervisor().processes) {
      const kept = this.#kept.get(process.namespec);
      if (kept === undefined || kept.over !== scoreText(process.plan.oomScoreAdj)) continue;
      process.adopt({ ...process.plan, oomScoreAdj: readScore(kept.score) });
    }
  }

  /** Every member gets it now, and every leader to come. Refuses with BAD_REQUEST. */
  set(names: readonly string[], score: string): readonly Outcome[] {
    const request = readScore(score);
    const { processes, refusals } = choose(names, this.#parts.supervisor());
    const outcomes = processes.map((process) =>
      this.#setOne(process, { ...process.plan, oomScoreAdj: request }),
    );
    this.#keep();
    return [...refusals, ...outcomes];
  }

  #keep(): void {
    try {
      replaceFile(this.#path, `${JSON.stringify(Object.fromEntries(this.#kept))}\n`);
    } catch (error) {
      this.#parts.failed(
        `cannot keep the scores that were set over a restart of the supervisor: ${errorText(error)}`,
      );
    }
  }

  #setOne(process: Process, plan: Process['plan']): Outcome {
    const over = this.#kept.get(process.namespec)?.over ?? scoreText(process.plan.oomScoreAdj);
    this.#kept.set(process.namespec, { score: scoreText(plan.oomScoreAdj), over });
    process.adopt(plan);
    const refused = this.#parts.hands().adopt(plan, process.leader);
    const { group, name } = plan;
    const word = scoreText(plan.oomScoreAdj);
    return refused.length === 0
      ? {
          process: { group, name },
          ok: true,
          code: null,
          message: `oom_score_adj is ${word} now and after restarts`,
        }
      : {
          process: { group, name },
          ok: false,
          code: 'SCORE_REFUSED',
          message: refused.join('; '),
          facts: { name: process.namespec, reason: refused.join('; ') },
        };
  }
}
