// Is the effective plan whole, plain and without secrets?

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { effectivePlan, printPlan } from '../../src/config/effective.ts';
import { scoreText } from '../../src/model/plan.ts';
import { SECTIONS } from '../../src/config/keys.ts';
import { loadPlan } from '../../src/config/load.ts';
import { configShape } from '../../src/config/shape.ts';
import type { Plan } from '../../src/model/plan.ts';
import { makeFolder, planOf } from './sandbox.ts';

const everything = async (): Promise<Plan> => {
  const here = makeFolder({});
  cpSync('test/config/fixtures/everything.conf', join(here, 'everything.conf'));
  const resolved = await loadPlan(join(here, 'everything.conf'), { env: {}, cwd: here });
  if (resolved.plan === null) throw new Error(JSON.stringify(resolved.problems));
  return resolved.plan;
};

test('has every key of a program', async () => {
  const plan = await planOf('[supervisord]\n[program:a]\ncommand=x');
  const data = JSON.parse(JSON.stringify(effectivePlan(plan)));
  const keys = Object.keys(SECTIONS.program).filter(
    (key) => !['process_name', 'numprocs', 'numprocs_start'].includes(key),
  );
  expect(Object.keys(data.groups.a.processes.a)).toEqual(expect.arrayContaining(keys));
});

test('is the same as JSON and as YAML, and hides passwords', async () => {
  const plan = await everything();
  const json = await printPlan(plan, 'json');
  const text = await printPlan(plan, 'yaml');
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(effectivePlan(plan))));
  expect(text).toContain('identifier: everything');
  for (const printed of [json, text]) {
    expect(printed).toContain('(set)');
    expect(printed).not.toContain('d033e22ae');
  }
});

test('writes scores as a file would', () => {
  expect([
    scoreText({ kind: 'auto' }),
    scoreText({ kind: 'absolute', value: -5 }),
    scoreText({ kind: 'relative', value: -5 }),
    scoreText({ kind: 'relative', value: 5 }),
  ]).toEqual(['auto', '-5', '+-5', '+5']);
});

test("the shape for comparison has supervisord's words", async () => {
  const shape = configShape(await everything());
  expect(shape).toMatchObject({
    supervisord: { loglevel: 'debug', umask: '0027', nodaemon: true, user: null },
    http_servers: [
      { family: 'inet', section: 'inet_http_server' },
      { family: 'inet', name: 'second' },
      { family: 'unix', chmod: '0770', chown: [0, 0] },
    ],
    rpcinterfaces: [{ name: 'supervisor', config: {} }],
    groups: [
      { kind: 'eventlistener', buffer_size: 10, processes: [{ class: 'EventListenerConfig' }] },
      {
        kind: 'group',
        processes: [
          { name: 'worker_09', argv: ['/bin/worker', '--number', '9', 'of', '3', '--group', 'team'] },
          {},
          {},
          { autorestart: true, stderr_logfile: null },
        ],
      },
      { kind: 'program', processes: [{ stdout_logfile: 'AUTO', stopsignal: 'SIGTERM', uid: null }] },
      { kind: 'fcgi-program', socket: { url: 'tcp://localhost:9000', backlog: null } },
    ],
    warnings: [],
    included_files: [],
  });
});

test('hides the values of variables that look like secrets, of programs and of the supervisor', async () => {
  const plan = await planOf(
    '[supervisord]\nenvironment=API_TOKEN="xyzzy"\n[program:a]\ncommand=x\nenvironment=DB="postgres://u:xyzzy@h/d",MODE="prod"\nhealth=http=http://u:xyzzy@h/',
  );
  const printed = await printPlan(plan, 'yaml');
  expect(printed).toContain('API_TOKEN: (set)');
  expect(printed).toContain('DB: (set)');
  expect(printed).toContain('MODE: prod');
  expect(printed).toContain('http://(hidden)@h/');
  expect(printed).not.toContain('xyzzy');
});
