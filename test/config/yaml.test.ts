// Does a tsvisor.yaml say what it looks like, and is every mistake in it told with its place?

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/config/yaml.ts';
import { loadPlan } from '../../src/config/load.ts';
import type { LoadOptions } from '../../src/config/load.ts';
import type { Plan, ProcessPlan } from '../../src/model/plan.ts';
import { makeFolder, planOf, problemsOf, processesIn } from './sandbox.ts';

const yaml = (text: string, options: LoadOptions = {}): Promise<Plan> =>
  planOf(text, { name: 'tsvisor.yaml', ...options });
const mistakes = (text: string, options: LoadOptions = {}): Promise<string[]> =>
  problemsOf(text, { name: 'tsvisor.yaml', ...options });

const named = (plan: Plan, name: string): ProcessPlan => {
  const found = processesIn(plan).find((process) => process.name === name);
  if (found === undefined) throw new Error(`no process ${name}`);
  return found;
};

describe('values', () => {
  test('are as in ini, with lists, maps, durations and sizes besides', async () => {
    const plan = await yaml(`
programs:
  a:
    command: [/bin/echo, two words, "%(program_name)s"]
    umask: 022
    startsecs: 5s
    stopwaitsecs: 2m
    stdout_logfile_maxbytes: 1.5M
    exitcodes: [0, 2]
    autorestart: false
    user:
    environment: { A: 1, B: "x, y", C: 100%% }
`);
    expect(named(plan, 'a')).toMatchObject({
      command: "/bin/echo 'two words' a",
      umask: 0o22,
      startsecs: 5,
      stopwaitsecs: 120,
      stdout: { maxBytes: 1_572_864 },
      exitcodes: [0, 2],
      autorestart: 'never',
      user: null,
      environment: { A: '1', B: 'x, y', C: '100%' },
    });
  });

  test('of log files are expanded once', async () => {
    expect(
      named(await yaml('programs: {a: {command: x, stdout_logfile: /tmp/100%%}}'), 'a').stdout,
    ).toMatchObject({ path: '/tmp/100%' });
  });

  test('of the supervisor need neither main log nor pid file nor rpcinterface', async () => {
    const { supervisor } = await yaml('programs: {}');
    expect(supervisor).toMatchObject({
      logfile: null,
      pidfile: null,
      rpcInterfaces: [{ name: 'supervisor' }],
    });
    expect((await yaml('rpcinterfaces: {}')).supervisor.rpcInterfaces).toEqual([]);
  });

  test('of an empty file make an empty plan', async () => {
    expect((await yaml('')).groups).toEqual([]);
  });
});

describe('sharing', () => {
  test('defaults hold for every program, and its group comes before them', async () => {
    const plan = await yaml(`
defaults: { startsecs: 3, on_oom: stop, environment: { A: d, B: d } }
programs:
  a: { command: x, environment: { B: own } }
  b: { command: x, startsecs: 4 }
groups:
  g: { programs: [b], on_oom: restart-group }
`);
    expect(named(plan, 'a')).toMatchObject({
      startsecs: 3,
      onOom: 'stop',
      environment: { A: 'd', B: 'own' },
    });
    expect(named(plan, 'b')).toMatchObject({
      startsecs: 4,
      onOom: 'restart-group',
      environment: { A: 'd', B: 'd' },
    });
  });

  test('extends takes the keys of another program, over several steps', async () => {
    const plan = await yaml(`
programs:
  a: { command: "%(program_name)s", startsecs: 9, priority: 1 }
  b: { extends: a, priority: 2 }
  c: { extends: b, memory_max: 1G }
`);
    expect(named(plan, 'c')).toMatchObject({ command: 'c', startsecs: 9, priority: 2, memoryMax: 2 ** 30 });
    expect(named(plan, 'b').memoryMax).toBeNull();
  });

  test('anchors and merge keys work', async () => {
    const plan = await yaml(`
programs:
  a: &base { command: x, startsecs: 9 }
  b: { <<: *base, startsecs: 8 }
  c: { <<: [{ priority: 3 }, *base] }
`);
    expect([named(plan, 'b').startsecs, named(plan, 'c').priority, named(plan, 'c').startsecs]).toEqual([
      8, 3, 9,
    ]);
  });
});

describe('from outside', () => {
  test('expand_env fills in variables, and only where asked for', async () => {
    const plan = await yaml(
      `
programs:
  a: { command: "echo \${WHO} \${NOBODY:-none} \${EMPTY:-none} $$ \${ODD}", expand_env: true }
  b: { command: "sh -c 'echo \${WHO}'" }
`,
      { env: { WHO: 'me', EMPTY: '', ODD: '50%' } },
    );
    expect([named(plan, 'a').command, named(plan, 'b').command]).toEqual([
      'echo me none none $ 50%',
      "sh -c 'echo ${WHO}'",
    ]);
  });

  test('a variable that is not set is a mistake', async () => {
    expect(await mistakes('programs: {a: {command: "${NOPE}", expand_env: true}}')).toEqual([
      '1: command: cannot use programs.a: the variable NOPE is not set',
    ]);
  });

  test('env_file gives variables behind those of environment', async () => {
    const folder = makeFolder({
      'tsvisor.yaml':
        'programs: {a: {command: x, env_file: [one.env, two.env, -none.env], environment: {C: own}}}',
      'one.env': '# note\n\nexport A=1\nB="two\\nlines" # note\nC=file\nD=50% # note\n',
      'two.env': "A='2 # 3'\n",
    });
    const resolved = await loadPlan(join(folder, 'tsvisor.yaml'), { env: {} });
    expect(resolved.plan?.groups[0]?.processes[0]?.environment).toEqual({
      A: '2 # 3',
      B: 'two\nlines',
      C: 'own',
      D: '50%',
    });
  });

  test('an env_file that is missing or cannot be read is a mistake', async () => {
    expect((await mistakes('programs: {a: {command: x, env_file: none.env}}'))[0]).toMatch(
      /cannot read .*none.env: it does not exist/,
    );
    const folder = makeFolder({
      'tsvisor.yaml': 'programs: {a: {command: x, env_file: a.env}}',
      'a.env': 'A=1\nwhat is this',
    });
    expect(await loadPlan(join(folder, 'tsvisor.yaml'))).toMatchObject({
      problems: [{ message: expect.stringContaining('cannot read line 2 of') }],
    });
  });

  test('include adds the sections of other files, whose %(here)s is their own', async () => {
    const folder = makeFolder({
      'tsvisor.yaml': 'include: [conf.d/*.yaml]\nprograms: {a: {command: "%(here)s"}}\n',
      'conf.d/b.yaml':
        'programs: {b: {command: "%(here)s", extends: a, startsecs: 4}}\ngroups: {g: {programs: [a, b]}}\n',
    });
    const resolved = await loadPlan(join(folder, 'tsvisor.yaml'), { env: {} });
    expect(resolved.plan?.includedFiles).toEqual([join(folder, 'conf.d/b.yaml')]);
    expect(resolved.plan?.groups[0]?.processes.map(({ command }) => command)).toEqual([
      folder,
      join(folder, 'conf.d'),
    ]);
  });
});

/** Nine times nine times nine … of one text. */
const bomb = Array.from({ length: 12 }, (_, at) =>
  at === 0 ? 'a0: &a0 [x]' : `a${at}: &a${at} [${`*a${at - 1}, `.repeat(9)}]`,
).join('\n');

describe('mistakes', () => {
  test('come all at once, with line and key', async () => {
    expect(
      await mistakes(`suprvisor: {}
programs:
  a:
    comand: x
    startsecs: soon
  a: { command: x }
  b: { command: x, extends: c, stdout_logfile: { a: [1] } }
groups:
  g: { programs: [z] }
  h: [a]
`),
    ).toEqual([
      '1: suprvisor: cannot use this file: there is no section suprvisor',
      '3: command: cannot use programs.a: it has no command',
      '4: comand: cannot use programs.a: there is no key comand',
      "5: startsecs: cannot use programs.a: 'soon' is not a duration",
      "6: a: cannot read 'a': it is here twice",
      '7: extends: cannot extend c: there is no c',
      '7: stdout_logfile: cannot use programs.b: its value is nested too deep',
      "9: programs: cannot use groups.g: there is no program 'z'",
      '10: groups.h: cannot use groups.h: it is not a map',
    ]);
  });

  test('have a column and the nearest name', async () => {
    const folder = makeFolder({ 'tsvisor.yaml': 'programs:\n  a:\n    command: x\n    oom_scor_adj: 3\n' });
    expect(await loadPlan(join(folder, 'tsvisor.yaml'))).toMatchObject({
      problems: [{ line: 4, column: 5, hint: 'did you mean oom_score_adj?' }],
    });
  });

  test.each([
    ['a bracket that is never closed', 'a: [', 'cannot read this YAML'],
    ['a list', '- a', 'it is not a map of sections'],
    ['a number for a section', 'programs: 3', 'it is not a map'],
    ['a program that extends itself', 'programs: {a: {extends: a, command: x}}', 'a extends itself'],
    ['two documents', 'include: a.yaml\n---\nb: 1', 'cannot read this YAML'],
    ['two hundred thousand brackets', `a: ${'['.repeat(200_000)}`, 'cannot read this YAML'],
    ['more than a megabyte', `#${'x'.repeat(1_100_000)}`, 'larger than 1 MiB'],
    ['an alias bomb', bomb, 'too large or too deep'],
  ])('are told of %s', async (_, text, reason) => {
    expect((await mistakes(text)).join('\n')).toContain(reason);
  });

  test('of an included file are told there', async () => {
    const folder = makeFolder({
      'tsvisor.yaml': 'include: b.yaml\nprograms: {a: {command: x}}\n',
      'b.yaml': 'include: c.yaml\nprograms: {a: {command: x}}\n',
    });
    const resolved = await loadPlan(join(folder, 'tsvisor.yaml'));
    expect(resolved).toMatchObject({
      problems: [
        { file: join(folder, 'b.yaml'), line: 1, message: 'cannot include from an included file' },
        {
          file: join(folder, 'b.yaml'),
          line: 2,
          message: `cannot use programs.a: it is already in ${folder}/tsvisor.yaml:2`,
        },
      ],
    });
  });
});

describe('aliases', () => {
  test('stand for the last anchor of their name before them', () => {
    const { tree } = parseYaml('a.yaml', 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n');
    const fields = tree?.kind === 'map' ? [...tree.fields] : [];
    const texts = fields.map(([name, { value }]) => `${name} ${value.kind === 'text' ? value.text : ''}`);
    expect(texts).toEqual(['a 1', 'b 1', 'c 2', 'd 2']);
  });

  test('cost no more than what they stand for, however many there are', { timeout: 10_000 }, () => {
    const text = `a: &x 1\nb:\n${'- *x\n'.repeat(20_000)}`;
    expect(parseYaml('a.yaml', text).problems).toEqual([]);
  });
});
