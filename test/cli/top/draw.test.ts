// Does the live terminal fit its terminal, whatever its size and whatever processes write?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw, type Scene } from '../../../src/cli/top/draw.ts';
import { INITIAL, withProcesses, type Pane, type TopState } from '../../../src/cli/top/state.ts';
import { createProcess } from '../screen.ts';

const scene = (news: Partial<TopState> = {}, rest: Partial<Scene> = {}): Scene => ({
  state: withProcesses({ ...INITIAL, ...news }, [
    createProcess({ group: 'web', name: 'web' }),
    createProcess({ group: 'db', name: 'db', state: 'FATAL', pid: 0, memory: null, score: null }),
  ]),
  supervisor: null,
  trouble: '',
  log: '',
  rank: null,
  now: 0,
  ...rest,
});

const textOf = (of: Scene, rows = 24, columns = 80): readonly string[] =>
  draw(of, { rows, columns }).map(({ text }) => text);

describe('80 columns and 24 rows', () => {
  test('hold every figure of a process in its line', () => {
    const line = textOf(scene()).find((text) => text.startsWith('>web'));
    expect(line).toMatch(/^>web +RUNNING +4711 +0:01:02 +61\.2M +300 +0/);
    expect(textOf(scene())[1]).toMatch(/NAME +STATE +PID +UPTIME +MEMORY +CPU% +SCORE +RST +LAST DEATH/);
  });

  test('have a column of health only where some process has any', () => {
    const readiness = { ready: null, health: 'unhealthy', text: 'no answer' } as const;
    const state = withProcesses(INITIAL, [
      createProcess({ group: 'web', name: 'web', readiness }),
      createProcess({ group: 'db', name: 'db', readiness: { ...readiness, health: 'healthy' } }),
    ]);
    const lines = textOf(scene({}, { state }));
    expect(lines[1]).toMatch(/NAME +STATE +HEALTH +PID .* LAST DEATH/);
    expect(lines.find((text) => text.startsWith('>web'))).toMatch(/^>web +RUNNING +sick +4711/);
    expect(lines.find((text) => text.startsWith(' db'))).toMatch(/^ db +RUNNING +healthy +4711/);
    expect(textOf(scene())[1]).not.toContain('HEALTH');
  });

  test('mark the line under the cursor by more than colour', () => {
    const lines = textOf(scene());
    expect(lines.filter((text) => text.startsWith('>'))).toHaveLength(1);
  });

  test('show the end of a log in the pane below', () => {
    const log = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');
    const lines = textOf(scene({ pane: 'log' }, { log }));
    expect(lines).toHaveLength(24);
    expect(lines.at(-2)).toBe('line 99');
    expect(lines.some((text) => text.includes('stdout of web'))).toBe(true);
  });

  test('tell processes of a long name apart, and cut off no line of help', () => {
    const state = withProcesses(
      { ...INITIAL, pane: 'help' },
      ['worker_00', 'worker_01'].map((name) => createProcess({ group: 'import-workers', name })),
    );
    const lines = textOf(scene({}, { state }));
    expect(lines.find((text) => text.startsWith('>import-'))).toMatch(/^>import-\S*…\S*ker_00 +RUNNING/);
    expect(lines.find((text) => text.startsWith(' import-'))).toMatch(/^ import-\S*…\S*ker_01 +RUNNING/);
    expect(lines.slice(3).filter((text) => text.includes('…'))).toEqual([lines[3]]);
  });

  test('sort by the head that a click hits', () => {
    const [, head] = draw(scene(), { rows: 24, columns: 80 });
    const sortOf = (title: string) => head?.sorts?.((head?.text.indexOf(title) ?? 0) + 1);
    expect(['NAME', 'STATE', 'PID', 'UPTIME'].map(sortOf)).toEqual(['name', 'state', null, null]);
    expect(['MEMORY', 'CPU%', 'SCORE', 'RST'].map(sortOf)).toEqual(['memory', 'cpu', 'score', 'restarts']);
    expect(sortOf('LAST DEATH')).toBe('death');
    expect(head?.sorts?.(80)).toBe('death');
  });

  test('show who dies next as bars', () => {
    const candidate = {
      pid: 5,
      parent: 1,
      comm: 'node',
      process: 'web',
      rss: 1048576,
      anon: 0,
      file: 0,
      shmem: 0,
      swap: 0,
      pageTables: 0,
      score: { requested: 0, effective: 300 },
      kernelScore: null,
      badness: 10,
      later: 10,
      why: '',
    };
    const rank = {
      memory: { total: 1, swap: 0, available: null },
      kernel: '6.1.0',
      assumed: [],
      domains: [{ name: 'machine', limit: 1024, used: 512, candidates: [candidate], more: 0 }],
    };
    const lines = textOf(scene({ pane: 'memory', members: true }, { rank }));
    expect(lines.some((text) => text.includes('1 #################### web (node 5) 1.0M score 300'))).toBe(
      true,
    );
    expect(lines.some((text) => text.includes('└ node pid 5'))).toBe(true);
  });

  test('tell what is asked and what went wrong', () => {
    expect(textOf(scene({ asking: 'stop' })).at(-1)).toBe('stop web? y/n');
    expect(textOf(scene({}, { trouble: 'cannot reach tsvisor' }))[0]).toBe('! cannot reach tsvisor');
  });
});

test('any size is filled exactly, and no control character of a name or log reaches the terminal', () => {
  const panes: readonly Pane[] = ['none', 'log', 'errors', 'memory', 'help'];
  fc.assert(
    fc.property(
      fc.record({ rows: fc.integer({ min: 12, max: 60 }), columns: fc.integer({ min: 20, max: 200 }) }),
      fc.constantFrom(...panes),
      fc.string({ unit: 'binary' }),
      ({ rows, columns }, pane, evil) => {
        const state = withProcesses({ ...INITIAL, pane, filter: '' }, [createProcess({ name: evil })]);
        const lines = draw(scene({}, { state, log: evil }), { rows, columns });
        expect(lines).toHaveLength(rows);
        for (const { text } of lines) {
          expect(text.length).toBeLessThanOrEqual(columns);
          // oxlint-disable-next-line no-control-regex
          expect(text).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
        }
      },
    ),
  );
});
