// Does a page that remembers what it wrote tell the same as one that begins anew?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Columns, type ProcessPicture } from '../../src/metrics/columns.ts';
import { expose } from '../../src/metrics/exposition.ts';

const picture = (news: Partial<ProcessPicture> = {}): ProcessPicture => ({
  group: 'web',
  name: 'web',
  state: 'RUNNING',
  start: 1_700_000_000,
  score: { requested: 0, effective: 0, refusal: null },
  readiness: null,
  nextRun: null,
  members: 1,
  memory: 1000,
  pss: null,
  limit: null,
  tally: { restarts: {}, oomKills: {}, lastDeath: 0 },
  cpuSeconds: 1.5,
  charged: null,
  logBytes: { stdout: 10, stderr: 0 },
  logsLost: null,
  ...news,
});

const told = (columns: Columns, all: readonly ProcessPicture[]): string =>
  Buffer.concat(expose(columns.families(all), 'text')).toString('utf8');

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => !line.startsWith('#'));

const counts = fc.dictionary(fc.constantFrom('oom', 'exit'), fc.nat(3));
const pictures = fc.array(
  fc.record({
    group: fc.constantFrom('a', 'b"', ''),
    name: fc.constantFrom('x', 'y\\', 'z\n'),
    state: fc.constantFrom('RUNNING', 'STOPPED', 'FATAL'),
    start: fc.nat(2),
    score: fc.option(fc.record({ requested: fc.nat(1), effective: fc.nat(1), refusal: fc.constant(null) })),
    readiness: fc.option(
      fc.record({
        ready: fc.option(fc.boolean()),
        health: fc.constantFrom('unknown', 'healthy', 'unhealthy', null),
        text: fc.constant(null),
      }),
    ),
    nextRun: fc.option(fc.nat(2)),
    members: fc.nat(2),
    memory: fc.option(fc.nat(3)),
    pss: fc.option(fc.nat(3)),
    limit: fc.option(fc.nat(3)),
    tally: fc.record({ restarts: counts, oomKills: fc.constant({}), lastDeath: fc.nat(2) }),
    cpuSeconds: fc.nat(2),
    charged: fc.option(fc.nat(2)),
    logBytes: fc.record({ stdout: fc.nat(2) }),
    logsLost: fc.option(
      fc.record({
        stdout: fc.record({ droppedBytes: fc.nat(2), droppedLines: fc.nat(1), failedBytes: fc.nat(1) }),
      }),
    ),
  }),
  { maxLength: 4 },
) as fc.Arbitrary<ProcessPicture[]>;

describe('the columns of all processes', () => {
  test('tell after any history of pictures what new ones would tell', () => {
    fc.assert(
      fc.property(fc.array(pictures, { minLength: 2, maxLength: 5 }), (history) => {
        const columns = new Columns();
        for (const all of history) expect(told(columns, all)).toBe(told(new Columns(), all));
      }),
    );
  });

  test('write each process with its labels once in every family, counts at zero before they happen', () => {
    const text = told(new Columns(), [
      picture(),
      picture({ name: 'two', readiness: { ready: false, health: 'healthy', text: null } }),
    ]);
    const series = lines(text);
    expect(series).toContain('tsvisor_process_up{group="web",process="web"} 1');
    expect(series).toContain('tsvisor_process_cpu_seconds_total{group="web",process="web"} 1.5');
    expect(series).toContain('tsvisor_process_restarts_total{group="web",process="web",cause="oom"} 0');
    expect(series).toContain(
      'tsvisor_process_oom_kills_total{group="web",process="two",cause="own-limit",certainty="certain"} 0',
    );
    expect(series).toContain('tsvisor_process_oom_score_adj{group="web",process="web",kind="effective"} 0');
    expect(series).toContain('tsvisor_process_log_bytes_total{group="web",process="web",stream="stdout"} 10');
    expect(series.filter((line) => line.startsWith('tsvisor_process_ready'))).toEqual([
      'tsvisor_process_ready{group="web",process="two"} 0',
    ]);
    expect(series).toContain('tsvisor_process_healthy{group="web",process="two"} 1');
    expect(text).not.toContain('memory_limit');
  });

  test('tell what logs have lost by stream and reason, and only of streams that can lose or have lost', () => {
    const loss = { droppedBytes: 30, droppedLines: 2, failedBytes: 4 };
    const series = lines(
      told(new Columns(), [picture(), picture({ name: 'two', logsLost: { stderr: loss } })]),
    ).filter((line) => /log_(lost|dropped)/.test(line));
    const labels = 'group="web",process="two",stream="stderr"';
    expect(series).toEqual([
      `tsvisor_process_log_lost_bytes_total{${labels},reason="dropped"} 30`,
      `tsvisor_process_log_lost_bytes_total{${labels},reason="failed"} 4`,
      `tsvisor_process_log_dropped_lines_total{${labels}} 2`,
    ]);
  });

  test('see a count grow', () => {
    const columns = new Columns();
    const tally = { restarts: { oom: 1 }, oomKills: {}, lastDeath: 0 };
    told(columns, [picture({ tally })]);
    const grown = told(columns, [picture({ tally: { ...tally, restarts: { oom: 2 } } })]);
    expect(grown).toContain('cause="oom"} 2');
  });
});
