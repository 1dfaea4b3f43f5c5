// Does Prometheus understand what a real supervisor tells, and do its counts outlive the supervisor?

import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { kill } from './processes.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/prometheus/', import.meta.url));
const PROMTOOL = 'promtool';
const hasPromtool = spawnSync(PROMTOOL, ['--version']).status === 0;

const promtool = (
  args: readonly string[],
  input = '',
): { readonly code: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(PROMTOOL, args, {
    input,
    encoding: 'utf8',
    cwd: EXAMPLES,
    timeout: 30_000,
  });
  return { code: status, said: `${stdout}${stderr}` };
};

const scrape = (
  sandbox: Sandbox,
  accept = 'text/plain',
): Promise<{ readonly type: string; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: sandbox.path('run/tsvisor.sock'), path: '/metrics', headers: { accept } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    asked.setTimeout(10_000, () => asked.destroy(new Error('no answer to /metrics within 10 s')));
    asked.on('error', reject);
    asked.end();
  });

const value = (text: string, series: string): number | null => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
};

const RESTARTS = 'tsvisor_process_restarts_total{group="stays",process="stays",cause="signal"}';

const PSS = 'tsvisor_process_proportional_memory_bytes{group="stays",process="stays"}';

/** Works for a moment, then rests. */
const BUSY = `[program:busy]\ncommand=/bin/sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done > done; exec sleep 1000'\nstartsecs=0\ndirectory=%(here)s\n`;
const CPU = 'tsvisor_process_cpu_seconds_total{group="busy",process="busy"}';

const withOne = async (): Promise<Sandbox> => {
  const sandbox = openSandbox();
  sandbox.write(sandbox.program('stays', 'stays.sh', { autorestart: 'true', measure_pss: 'true' }));
  await sandbox.start();
  await sandbox.reach('RUNNING');
  return sandbox;
};

describe('/metrics', () => {
  test('tells what runs, and counts a restart by its cause', async () => {
    const sandbox = await withOne();
    const { pid } = await sandbox.process('stays');
    const { type, text } = await scrape(sandbox);
    expect(type).toContain('text/plain');
    expect(value(text, 'tsvisor_process_up{group="stays",process="stays"}')).toBe(1);
    expect(
      value(text, 'tsvisor_process_resident_memory_bytes{group="stays",process="stays"}'),
    ).toBeGreaterThan(10_000);
    expect(value(text, 'tsvisor_guardian_present')).toBe(1);
    const share = await until('its proportional memory', async () =>
      value((await scrape(sandbox)).text, PSS),
    );
    expect(share).toBeGreaterThan(10_000);
    const { pss, memory } = await sandbox.process('stays');
    expect(pss).toBeGreaterThan(10_000);
    expect(pss).toBeLessThanOrEqual(memory ?? 0);
    expect(value(text, RESTARTS)).toBe(0);
    kill(pid, 'SIGSEGV');
    const after = await until('the restart counted', async () => {
      const { text: now } = await scrape(sandbox);
      return value(now, RESTARTS) === 1 ? now : null;
    });
    expect(value(after, 'tsvisor_recovery_duration_seconds_count')).toBe(1);
  });

  test('goes on counting after kill -9 of the supervisor', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('stays', 'stays.sh', { autorestart: 'true' }), BUSY);
    await sandbox.start();
    await sandbox.reach('RUNNING');
    const cpu = (text: string): number => value(text, CPU) ?? 0;
    // Its work is done when it uses no more.
    const isDone = async (): Promise<number | null> => {
      const before = cpu((await scrape(sandbox)).text);
      return before > 0.03 && sandbox.read('done') !== '' ? before : null;
    };
    const spent = await until('work done', isDone, { within: 30_000, every: 250 });
    kill((await sandbox.process('stays')).pid, 'SIGSEGV');
    await until('the restart counted', async () => value((await scrape(sandbox)).text, RESTARTS) === 1);
    await until('the counts written', () => sandbox.read('run/counts.json').includes('"signal":1'));
    const { pid } = (await sandbox.status()).supervisor;
    kill(pid);
    await sandbox.reachAfter(pid, 'RUNNING');
    const { text } = await scrape(sandbox);
    expect(value(text, RESTARTS)).toBe(1);
    expect(cpu(text)).toBeGreaterThanOrEqual(spent);
    expect(text).toMatch(/^tsvisor_supervisor_deaths_total\{[^}]+\} 1$/m);
  });

  test.skipIf(!hasPromtool)('is accepted by promtool in both formats', async () => {
    const sandbox = await withOne();
    const plain = await scrape(sandbox);
    expect(promtool(['check', 'metrics'], plain.text)).toEqual({ code: 0, said: '' });
    const { type, text } = await scrape(sandbox, 'application/openmetrics-text; version=1.0.0');
    expect(type).toContain('openmetrics-text');
    // The importer is a strict reader of OpenMetrics; it wants a time on each sample.
    const dated = text.replaceAll(/^(?!#)(.+)$/gm, '$1 1700000000');
    const file = sandbox.writeFile('metrics.om', dated);
    const read = promtool(['tsdb', 'create-blocks-from', 'openmetrics', file, sandbox.path('tsdb')]);
    expect(read).toMatchObject({ code: 0 });
  });
});

describe.skipIf(!hasPromtool)('the examples for Prometheus', () => {
  test.each([
    ['check', 'rules', 'tsvisor.rules.yml'],
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', 'tsvisor.rules.test.yml'],
  ])('pass promtool %s %s', (...args) => {
    const { code, said } = promtool(args);
    expect(said).toContain('SUCCESS');
    expect(code).toBe(0);
  });
});
