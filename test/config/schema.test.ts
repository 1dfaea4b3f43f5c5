// Does the JSON Schema take what the loader takes, and refuse the mistakes that it can see?

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SECTIONS, YAML_KEYS } from '../../src/config/keys.ts';
import { jsonSchema } from '../../src/config/schema.ts';
import { problemsOf } from './sandbox.ts';
import { validate } from './validate.ts';

const schema = JSON.parse(JSON.stringify(jsonSchema()));

const errors = (text: string): string[] => validate(schema, parse(text, { merge: true }));

test('is the file that the package ships, as `node scripts/docs.mjs` writes it', () => {
  expect(JSON.parse(readFileSync('schema/tsvisor.schema.json', 'utf8'))).toEqual(schema);
});

test('has every key of the table with its description', () => {
  const { properties } = schema;
  for (const [key, row] of Object.entries({ ...SECTIONS.program, ...YAML_KEYS })) {
    const { $ref } = properties.programs.additionalProperties.properties[key];
    expect(schema.$defs[$ref.replace('#/$defs/', '')].description).toContain(row.doc);
  }
  expect(Object.keys(properties.supervisor.properties)).toEqual([
    ...Object.keys(SECTIONS.supervisord),
    'expand_env',
  ]);
  expect(Object.keys(properties.groups.additionalProperties.properties)).toEqual([
    ...Object.keys(SECTIONS.group),
    'expand_env',
  ]);
});

test('takes the example of the project and that of the reference', () => {
  expect(errors(readFileSync('examples/tsvisor.yaml', 'utf8'))).toEqual([]);
  const page = /```yaml\n([^]*?)```/.exec(readFileSync('docs/reference/config.md', 'utf8'))?.[1] ?? '';
  expect(page).toContain('programs:');
  expect(errors(page)).toEqual([]);
});

const GOOD = [
  'programs: {a: {command: x, startsecs: 10s, stopwaitsecs: 5, memory_max: 512M, umask: 022, exitcodes: [0, 2], oom_score_adj: -500}}',
  'programs: {a: {command: [x, y], oom_score_adj: +200, autorestart: unexpected, autostart: no, user: , environment: {A: 1, B: true}}}',
  'programs: {a: {command: x, numprocs: "%(ENV_N)s", process_name: "%(process_num)d", oom_score_adj: auto, memory_high: none}}',
  'groups: {g: {programs: "", on_oom: restart-group}}',
  'inet_http_server: {port: 9001}\nunix_http_server:second: {file: /run/x.sock, chmod: "0700"}\nx-any: [1]',
  'rpcinterfaces: {supervisor: {supervisor.rpcinterface_factory: "supervisor.rpcinterface:make_main_rpcinterface", more: 1}}',
  'eventlisteners: {e: {command: x, events: [TICK_5], buffer_size: 3}}\nfcgi_programs: {f: {command: x, socket: "tcp://localhost:9"}}',
];

const BAD = [
  'program: {}',
  'programs: {a: {comand: x}}',
  'programs: {a: {command: x, startsecs: soon}}',
  'programs: {a: {command: x, oom_score_adj: 2000}}',
  'programs: {a: {command: x, on_oom: maybe}}',
  'programs: {a: {command: x, autorestart: sometimes}}',
  'programs: {a: {command: x, exitcodes: [256]}}',
  'programs: {a: {command: x, stdout_logfile: [1]}}',
  'eventlisteners: {e: {command: x, events: [NOPE]}}',
  'supervisor: {loglevel: loud}',
];

describe('agrees with the loader', () => {
  test.each(GOOD)('on %s', async (text) => {
    expect(errors(text)).toEqual([]);
    expect(await problemsOf(text, { name: 'tsvisor.yaml', env: { N: '1' } })).toEqual([]);
  });

  test.each(BAD)('against %s', async (text) => {
    expect(errors(text)).not.toEqual([]);
    expect(await problemsOf(text, { name: 'tsvisor.yaml' })).not.toEqual([]);
  });
});
