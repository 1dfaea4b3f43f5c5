// Does the status table say what matters, within 80 columns?

import { describe, expect, test } from 'vitest';
import { renderProcesses, renderStatus, renderSupervisor, type View } from '../../../src/cli/text/table.ts';
import { painter } from '../../../src/cli/text/terminal.ts';
import type { ProcessStatus, SupervisorStatus } from '../../../src/model/command.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { STATUS } from '../../api/sandbox.ts';
import { createProcess } from '../screen.ts';

const NOW = new Date(2026, 10, 24, 15, 0).getTime();
const DIED = new Date(2026, 10, 24, 14, 2).getTime();
const VIEW: View = { paint: painter(false), columns: null, now: NOW };

const verdict = (oom: Verdict['oom']): Verdict => ({
  oom,
  cause: 'own-limit',
  because: 'killed by the kernel for its own limit of 64 MB: oom_kill went 0 -> 1',
  victim: null,
  evidence: null,
});

const died = (oom: Verdict['oom']): Pick<ProcessStatus, 'lastDeath'> => ({
  lastDeath: { at: DIED, exit: { code: null, signal: 'SIGKILL' }, reason: 'died', verdict: verdict(oom) },
});

const render = (process: Partial<ProcessStatus>, view: Partial<View> = {}): readonly string[] =>
  renderProcesses([createProcess(process)], { ...VIEW, ...view });

describe('table of processes', () => {
  test('shows the CPU where it is known and there is room for it', () => {
    const head = (view: Partial<View>): string => render({ cpu: 12.34 }, view)[0] ?? '';
    expect(head({ columns: null })).toContain('CPU');
    expect(head({ columns: 120 })).toContain('CPU');
    expect(head({ columns: 60 })).not.toContain('CPU');
    expect(render({ cpu: null }, { columns: null })[0]).not.toContain('CPU');
    expect(render({ cpu: 12.34 }, { columns: 120 })[1]).toContain(' 12% ');
    expect(render({ cpu: 0.04 }, { columns: 120 })[1]).toContain(' 0.0% ');
  });

  test('shows what a program says of itself, and nothing where it is just ready', () => {
    const told = (ready: boolean, text: string | null): readonly string[] =>
      render({ readiness: { ready, health: null, text } }).slice(2);
    expect(told(false, 'loading 40 %')).toEqual(['    not ready: loading 40 %']);
    expect(told(true, '3 workers')).toEqual(['    ready: 3 workers']);
    expect(told(true, null)).toEqual([]);
  });

  test('says that a program hung', () => {
    const because = 'it has not said WATCHDOG=1 for 30 s';
    const hung = { ...verdict('no'), cause: 'tsvisor', because } as const;
    const exit = { code: null, signal: 'SIGKILL' } as const;
    const lines = render({ lastDeath: { at: DIED, exit, reason: 'watchdog', verdict: hung } });
    expect(lines[1]).toMatch(/ watchdog 14:02$/);
    expect(lines[2]).toBe(`    ${because}`);
  });

  test('reads like this', () => {
    const processes = [
      createProcess({
        ...died('certain'),
        restarts: 3,
        score: { requested: -500, effective: 0, refusal: 'EACCES' },
      }),
      createProcess({ name: 'app-2', state: 'STOPPED', pid: 0, uptime: 0, memory: null, score: null }),
      createProcess({
        group: 'web',
        name: 'web',
        state: 'FATAL',
        pid: 0,
        memory: null,
        spawnError: "can't find command 'wbe'",
      }),
    ];
    expect(`\n${renderProcesses(processes, { ...VIEW, columns: 80 }).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      NAME      STATE     PID   UPTIME  MEMORY   SCORE  RESTARTS  LAST DEATH
      ci:app-1  RUNNING  4711  0:01:02   61.2M  -500/0         3  oom 14:02
          oom certain: killed by the kernel for its own limit of 64 MB: oom_kill went
          0 -> 1
          score -500 was refused (needs CAP_SYS_RESOURCE): it has 0
      ci:app-2  STOPPED                                        0
      web       FATAL                              300         0
          can't find command 'wbe'
      "
    `);
  });

  test.each([
    ['certain', 'oom 14:02'],
    ['likely', 'oom? 14:02'],
    ['no', 'SIGKILL 14:02'],
    ['unknown', 'SIGKILL 14:02'],
  ] as const)('says a death with the verdict %s as %s', (oom, words) => {
    expect(render(died(oom))[1]).toMatch(new RegExp(`${words.replace('?', String.raw`\?`)}$`));
  });

  test('gives the reasons of an OOM verdict, and of no other', () => {
    expect(render(died('certain')).join('\n')).toContain('oom certain: killed by the kernel');
    expect(render(died('no'))).toHaveLength(2);
  });

  test('gives the reasons of a runtime that gave up at its own limit', () => {
    const { lastDeath } = died('no');
    const ofHeap = { ...lastDeath?.verdict, cause: 'runtime-heap', because: 'its own doing: V8 gave up' };
    const told = { lastDeath: { ...lastDeath, verdict: ofHeap } } as unknown as Partial<ProcessStatus>;
    expect(render(told).join('\n')).toContain('its own doing: V8 gave up');
  });

  test('shows a score once when it is as asked, and both when it is not', () => {
    expect(render({})[1]).toMatch(/ 300 /);
    const refused = render({ score: { requested: -500, effective: 0, refusal: 'EACCES' } });
    expect(refused[1]).toContain('-500/0');
    expect(refused[2]).toContain('refused (needs CAP_SYS_RESOURCE)');
  });

  test.each(['FATAL', 'BACKOFF', 'UNKNOWN'] as const)('says why a process is %s', (state) => {
    expect(render({ state, description: 'the reason' }).at(-1)).toBe('    the reason');
  });

  test('says when a memory limit is not enforced', () => {
    const lines = render({ memoryMax: { requested: 67_108_864, enforcedBy: null } });
    expect(lines.at(-1)).toBe('    memory_max 64.0M is not enforced here');
    expect(render({ memoryMax: { requested: 67_108_864, enforcedBy: 'memory.max' } })).toHaveLength(2);
  });

  test('says what a log could not hold, and nothing of what a limit was asked to drop', () => {
    const loss = { droppedBytes: 9_000_000, droppedLines: 90, failedBytes: 0 };
    const lines = render({ logsLost: { stdout: { ...loss, failedBytes: 4_194_304 }, stderr: loss } });
    expect(lines.slice(2)).toEqual([
      '    4.0M of its stdout could not be written to its log: see the main log',
    ]);
  });

  test('stays within 80 columns for names of usual length', () => {
    const lines = render(
      { group: 'ci', name: 'worker-01', pid: 123_456, uptime: 86_399, restarts: 12, ...died('certain') },
      { columns: 80 },
    );
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test.each([40, 60, 80, 100])('fits long names and every figure into %i columns', (columns) => {
    const names = ['worker-of-the-nightly-import-queue_00', 'worker-of-the-nightly-import-queue_01'];
    const processes = names.map((name) => createProcess({ ...died('likely'), group: 'queue', name, cpu: 1 }));
    const lines = renderProcesses(processes, { ...VIEW, columns });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    const rows = lines.filter((line) => line.includes('RUNNING'));
    expect(rows[0]).toMatch(/^queue.*…?\S*_00 +RUNNING .*oom\? 14:02$/);
    expect(rows[1]).toMatch(/^queue.*…?\S*_01 +RUNNING .*oom\? 14:02$/);
    expect(lines[0]?.includes('MEMORY')).toBe(columns >= 60);
  });

  test('aligns columns whatever the length of names', () => {
    const lines = renderProcesses([createProcess(), createProcess({ name: 'a-much-longer-name' })], VIEW);
    const starts = lines.map((line) => line.search(/STATE|RUNNING/));
    expect(new Set(starts).size).toBe(1);
  });

  test('paints only when asked to, and paints nothing but words', () => {
    const painted = render(died('certain'), { paint: painter(true) });
    expect(painted.join('\n')).toContain('\u001B[');
    // oxlint-disable-next-line no-control-regex
    expect(painted.map((line) => line.replaceAll(/\u001B\[\d+m/g, ''))).toEqual(render(died('certain')));
  });
});

describe('footer about the supervisor', () => {
  const footer = (changes: Partial<SupervisorStatus>): string =>
    renderSupervisor({ ...STATUS.supervisor, started: NOW / 1000 - 3725, ...changes }, VIEW).join('\n');

  test('names version, pid, uptime, guardian, containment, memory controller and config', () => {
    expect(footer({})).toBe(
      [
        'tsvisor 0.1.0 pid 4242, up 1:02:05, score 0, guardian 4241 (score 0), containment cgroup2, memory v1',
        'config /etc/supervisord.conf',
      ].join('\n'),
    );
  });

  test.each(['lost', 'absent'] as const)('says when the guardian is %s', (state) => {
    expect(footer({ guardian: { pid: 0, state, score: null } })).toContain(`guardian ${state}`);
  });

  test('tells how the supervisor before this one ended', () => {
    const pastLife = {
      life: 2,
      exit: { code: null, signal: 'SIGKILL' as const },
      killed: 5,
      took: 12,
      verdict: verdict('likely'),
    };
    expect(footer({ pastLife })).toMatch(
      /SIGKILL, oom likely.*killed by the kernel.*5 processes.*12\.0 ms; this is life 2/,
    );
  });

  test('repeats every notice', () => {
    expect(footer({ notices: ['first', 'second'] })).toMatch(/^! first\n! second$/m);
  });

  test('stands below the table, which says so when it is empty', () => {
    const lines = renderStatus(STATUS, VIEW);
    expect(lines[0]).toBe('no processes in the config');
    expect(lines[1]).toBe('');
    expect(lines[2]).toMatch(/^tsvisor /);
  });
});
