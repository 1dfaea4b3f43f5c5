// Does a real Prometheus that scrapes a real supervisor have an answer to everything that the dashboard asks?

import { execa } from 'execa';
import { copyFileSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { freePort } from '../free-port.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { kill } from './processes.ts';

const PROMETHEUS = 'prometheus';
const hasPrometheus = spawnSync(PROMETHEUS, ['--version']).status === 0;
const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const DEADLINE = { within: 30_000, every: 250 };

interface Target {
  readonly expr: string;
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly Target[] }[];
}

/** Nothing to be told of: no program here says that it is ready, is checked or has hooks. */
const SILENT = /tsvisor_process_(?:ready|healthy)|tsvisor_hook_events|tsvisor_machine_memory_pressure/;
const NEEDS_LIMITS = /tsvisor_process_memory_limit_bytes/;

const expressions = (): readonly string[] => {
  const { panels } = JSON.parse(readFileSync(`${EXAMPLES}grafana/tsvisor.json`, 'utf8')) as Dashboard;
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
};

/** As Grafana fills them in, but for seconds instead of minutes. */
const filled = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '5s')
    .replaceAll('$__range', '30s')
    .replaceAll(/\$(?:instance|group)/g, '.*');

/** The example's own config, faster and on other ports. */
const configure = (sandbox: Sandbox, target: number): string => {
  copyFileSync(`${EXAMPLES}prometheus/tsvisor.rules.yml`, sandbox.path('tsvisor.rules.yml'));
  const config = readFileSync(`${EXAMPLES}prometheus/prometheus.yml`, 'utf8')
    .replace('scrape_interval: 15s', 'scrape_interval: 1s\n  evaluation_interval: 1s')
    .replaceAll('127.0.0.1:9001', `127.0.0.1:${target}`);
  return sandbox.writeFile('prometheus.yml', config);
};

interface Answers {
  /** Samples that an expression gives now. */
  query(expr: string): Promise<number>;
  rules(): Promise<readonly { readonly name: string; readonly health: string }[]>;
}

const openPrometheus = async (sandbox: Sandbox, target: number): Promise<Answers> => {
  const port = await freePort();
  const running = execa(
    PROMETHEUS,
    [
      `--config.file=${configure(sandbox, target)}`,
      `--storage.tsdb.path=${sandbox.path('tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { reject: false, stdin: 'ignore', all: true, env: { ...sandbox.mark } },
  );
  onTestFinished(async () => {
    running.kill('SIGTERM', new Error('the test is over'));
    await running;
  });
  const api = async (path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json();
  return {
    query: async (expr) => {
      const { data } = (await api(`query?query=${encodeURIComponent(expr)}`)) as {
        data?: { result: readonly unknown[] };
      };
      if (data === undefined) throw new Error(`Prometheus does not understand ${expr}`);
      return data.result.length;
    },
    rules: async () => {
      const { data } = (await api('rules')) as {
        data: { groups: readonly { rules: readonly { name: string; health: string }[] }[] };
      };
      return data.groups.flatMap(({ rules }) => rules);
    },
  };
};

const openHouse = async (): Promise<{ readonly sandbox: Sandbox; readonly port: number }> => {
  const sandbox = openSandbox();
  const port = await freePort();
  const limit = canLimitMemory ? { memory_max: '64MB' } : {};
  sandbox.write(
    `[inet_http_server]\nport=127.0.0.1:${port}\n`,
    sandbox.program('stays', 'stays.sh', { autorestart: 'true', ...limit }),
  );
  await sandbox.start();
  await sandbox.reach('RUNNING');
  return { sandbox, port };
};

test.skipIf(!hasPrometheus)('every panel of the dashboard has data, and every alert rule works', async () => {
  const { sandbox, port } = await openHouse();
  const prometheus = await openPrometheus(sandbox, port);
  const up = (): Promise<boolean> =>
    prometheus.query('tsvisor_up == 1').then(
      (found) => found === 1,
      () => false,
    );
  await until('a first scrape', up, DEADLINE);
  kill((await sandbox.process('stays')).pid, 'SIGSEGV');
  const asked = expressions().filter(
    (expr) => !SILENT.test(expr) && (canLimitMemory || !NEEDS_LIMITS.test(expr)),
  );
  expect(asked.length).toBeGreaterThan(12);
  for (const expr of asked)
    await until(`data for ${expr}`, async () => (await prometheus.query(filled(expr))) > 0, DEADLINE);
  for (const expr of expressions()) await prometheus.query(filled(expr));
  const rules = await until(
    'all rules evaluated',
    async () => {
      const all = await prometheus.rules();
      return all.length > 0 && all.every(({ health }) => health !== 'unknown') ? all : null;
    },
    DEADLINE,
  );
  expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
});
