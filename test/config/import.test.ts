// Does `tsvisor import` write a YAML file that says what the ini file says, comments included?

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importConfig } from '../../src/config/import.ts';
import type { ImportOptions } from '../../src/config/import.ts';
import { loadPlan } from '../../src/config/load.ts';
import type { LoadOptions } from '../../src/config/load.ts';
import { assumedUsers } from '../../src/config/users.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { flowList, scalar, scalarLines } from '../../src/config/yaml-text.ts';
import type { Plan } from '../../src/model/plan.ts';
import { formatProblem } from '../../src/model/problem.ts';
import { corpusCases, corpusIsThere, edgeCases, laidOut } from './corpus.ts';
import { makeFolder } from './sandbox.ts';

const imported = async (
  files: Readonly<Record<string, string>>,
  options: ImportOptions = {},
): Promise<string> => {
  const file = join(makeFolder(files), 'x.conf');
  const made = await importConfig(file, { env: {}, assumeExists: true, ...options });
  if (made.text === null) throw new Error(made.problems.map(formatProblem).join('\n'));
  expect(made.unequal).toEqual([]);
  return made.text;
};

const lines = (...of: readonly string[]): string => `${of.join('\n')}\n`;

/** Names that sections of servers have beside those that YAML gives them. */
const withoutNames = (plan: Plan | undefined): unknown => ({
  groups: plan?.groups,
  supervisor: {
    ...plan?.supervisor,
    unixServers: plan?.supervisor.unixServers.map((server) => ({ ...server, section: '', name: null })),
    inetServers: plan?.supervisor.inetServers.map((server) => ({ ...server, section: '', name: null })),
  },
});

/** Both plans of a file, read with the same eyes; null when the file is refused. */
const bothPlans = async (file: string, options: LoadOptions) => {
  const shared = { ...options, assumeExists: true, users: assumedUsers(), asWritten: true };
  const original = await loadPlan(file, shared);
  const made = await importConfig(file, { ...shared, keepCommands: true });
  if (original.plan === null || made.text === null) {
    expect({ plan: original.plan, text: made.text }).toEqual({ plan: null, text: null });
    return null;
  }
  const yaml = join(file, '..', 'tsvisor.yaml');
  writeFileSync(yaml, made.text);
  const again = await loadPlan(yaml, shared);
  if (again.plan === null) throw new Error(again.problems.map(formatProblem).join('\n'));
  return { original: original.plan, again: again.plan, unequal: made.unequal };
};

describe('an imported file', () => {
  test('has keys in the place of a chain of wrappers', async () => {
    const text = await imported({
      'x.conf':
        '[supervisord]\nlogfile=a.log\npidfile=a.pid\n[program:app]\ncommand=sudo choom -n -500 -- sudo -u app /bin/app "a b"\nuser=other\n',
    });
    expect(text).toContain(
      lines(
        'programs:',
        '  app:',
        '    # was: sudo choom -n -500 -- sudo -u app /bin/app "a b"',
        '    command: /bin/app "a b"',
        '    oom_score_adj: -500',
        '    user: app',
      ),
    );
  });

  test('leaves the chain where that is asked for', async () => {
    const text = await imported(
      { 'x.conf': '[program:app]\ncommand=sudo -u app /bin/app\n' },
      { keepCommands: true },
    );
    expect(text).toContain('    command: sudo -u app /bin/app\n');
    expect(text).not.toContain('was:');
  });

  test('keeps comments beside what they describe', async () => {
    const text = await imported({
      'x.conf': lines(
        '; The file of the house.',
        '; Do not touch.',
        '',
        '; The supervisor.',
        '[supervisord] ; yes',
        'logfile=a.log ; main log',
        '# The pid.',
        'pidfile=a.pid',
        ';minfds=1024',
        '',
        ';[program:old]',
        '',
        '; The worker,',
        '; which works.',
        '[program:worker]',
        'command=/bin/worker ; it works',
        ' --hard',
        '; not a daemon',
        '; priority=1',
      ),
    });
    expect(text).toBe(
      lines(
        '# Imported from x.conf.',
        '',
        '# The file of the house.',
        '# Do not touch.',
        '',
        '# The supervisor.',
        'supervisor: # yes',
        '  logfile: a.log # main log',
        '  # The pid.',
        '  pidfile: a.pid',
        '  #minfds=1024',
        '  #[program:old]',
        '',
        "rpcinterfaces: {} # none, not even supervisord's own",
        '',
        'programs:',
        '  # The worker,',
        '  # which works.',
        '  worker:',
        '    command: |- # it works',
        '      /bin/worker',
        '      --hard',
        '    # not a daemon',
        '    # priority=1',
      ),
    );
  });

  test('holds what the original includes, relative to its folder', async () => {
    const text = await imported({
      'x.conf': '[supervisord]\nlogfile=%(here)s/a.log\n[include]\nfiles=conf.d/*.conf\n',
      'conf.d/web.conf': '; The web.\n[program:web]\ncommand=%(here)s/run\n',
    });
    expect(text).toMatch(/^# Imported from x.conf and the file it includes/);
    expect(text).toContain("  logfile: '%(here)s/a.log'\n");
    expect(text).toContain("  # The web.\n  web:\n    command: '%(here)s/conf.d/run'\n");
  });

  test('has maps and lists where they say the same', async () => {
    const text = await imported({
      'x.conf': lines(
        '[supervisord]',
        'environment=A="50%%%%",B=\'x y\'',
        '[program:p]',
        'command=x',
        'exitcodes=0, 2',
        'environment=HERE="%(here)s/x",N=%(process_num)d,ON="yes"',
        'stdout_logfile=/x/%%(program_name)s.log',
        '[eventlistener:e]',
        'command=x',
        'events=TICK_5,TICK_60',
      ),
    });
    expect(text).toContain('  environment:\n    A: 50%%\n    B: x y\n');
    expect(text).toContain('    exitcodes: [0, 2]\n');
    expect(text).toContain(
      "    environment:\n      HERE: '%(here)s/x'\n      N: '%(process_num)d'\n      ON: 'yes'\n",
    );
    expect(text).toContain('    stdout_logfile: /x/%(program_name)s.log\n');
    expect(text).toContain('    events: [TICK_5, TICK_60]\n');
  });

  test('leaves an environment that a variable makes as it is', async () => {
    const text = await imported(
      { 'x.conf': '[program:p]\ncommand=x\nenvironment=%(ENV_ALL)s\n' },
      { env: { ALL: 'A=1,B=2' } },
    );
    expect(text).toContain("    environment: '%(ENV_ALL)s'\n");
  });

  test('says [DEFAULT] where each key is read', async () => {
    const text = await imported({
      'x.conf': lines(
        '[DEFAULT]',
        'priority=5',
        'user=app',
        'environment=A=1',
        '[supervisord]',
        '[group:g]',
        'programs=p',
        '[program:p]',
        'command=x',
        '[program:q]',
        'command=x',
        'environment=B=2',
      ),
    });
    expect(text).toContain('defaults:\n  priority: 5\n  user: app\n');
    expect(text).toContain('  g:\n    programs: p\n    priority: 5\n');
    expect(text).toContain('  q:\n    command: x\n    environment:\n      B: 2\n');
    expect(text).toContain('  p:\n    command: x\n    environment:\n      A: 1\n');
  });

  test('keeps what nobody reads as comments', async () => {
    const text = await imported({ 'x.conf': '[program:p]\ncommand=x\nnumproc=2\n[other]\nkey=value\n' });
    expect(text).toContain('    # numproc=2 (nobody reads this key)\n');
    expect(text).toContain('# [other] (nobody reads this section)\n#   key=value\n');
  });

  test('is not made of a file that has problems, or is YAML', async () => {
    await expect(imported({ 'x.conf': '[program:p]\ncommand=x\nnumprocs=x\n' })).rejects.toThrow('numprocs');
    const made = await importConfig('x.yaml');
    expect(made).toMatchObject({
      text: null,
      problems: [{ message: expect.stringContaining('YAML already') }],
    });
  });
});

describe('the plan of an imported file', () => {
  test("is the original's, for a file with every section and key", async () => {
    const text = readFileSync(join(import.meta.dirname, 'fixtures/everything.conf'), 'utf8');
    const plans = await bothPlans(join(makeFolder({ 'x.conf': text }), 'x.conf'), { env: {} });
    expect(plans?.unequal).toEqual([]);
    expect(plans?.original.groups.length).toBeGreaterThan(3);
    expect(withoutNames(plans?.again)).toEqual(withoutNames(plans?.original));
  });

  test.skipIf(!corpusIsThere)(
    "is the original's, for every real file that is accepted (needs the corpus)",
    async () => {
      const counts = { seen: 0, imported: 0 };
      for (const one of [...corpusCases(), ...edgeCases()]) {
        const answer = one.expected.as_included ?? one.expected.as_main;
        const folder = mkdtempSync(join(tmpdir(), 'tsvisor-import-'));
        try {
          const { here, cwd, file } = laidOut(one, folder, answer !== one.expected.as_main);
          const plans = await bothPlans(file, {
            env: answer.env,
            cwd,
            hostname: one.expected.hostname,
            mayRead: (path) => path.startsWith(`${here}/`),
          });
          counts.seen += 1;
          if (plans === null) continue;
          counts.imported += 1;
          expect({ of: one.name, unequal: plans.unequal }).toEqual({ of: one.name, unequal: [] });
          expect({ of: one.name, is: withoutNames(plans.again) }).toEqual({
            of: one.name,
            is: withoutNames(plans.original),
          });
        } finally {
          rmSync(folder, { recursive: true });
        }
      }
      console.log(`import: ${counts.seen} files seen, ${counts.imported} imported with an equal plan`);
      expect(counts.imported).toBeGreaterThan(200);
    },
    60_000,
  );
});

describe('a text in YAML', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => !/\p{Surrogate}/u.test(text)),
    fc
      .array(fc.constantFrom(...Array.from(` \t\n#:'"-?~%&*!|>[]{},=@\`0aé\\`), 'null', ': ', ' #'), {
        maxLength: 12,
      })
      .map((parts) => parts.join('')),
  );

  const valueOf = (page: string): unknown => {
    const { tree, problems } = parseYaml('/x', page);
    expect(problems).toEqual([]);
    const field = tree?.kind === 'map' ? [...tree.fields.values()][0] : undefined;
    return field?.value;
  };

  test('is read back as it was', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const [first = '', ...rest] = scalarLines(text, '  ');
        expect(valueOf(['k: ' + first, ...rest, ''].join('\n'))).toMatchObject({ kind: 'text', text });
      }),
      { numRuns: 2000 },
    );
  });

  test('is read back as it was in a list and as a key', () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 4 }), (items) => {
        expect(valueOf(`k: ${flowList(items)}\n`)).toMatchObject({
          kind: 'list',
          items: items.map((text) => ({ kind: 'text', text })),
        });
      }),
    );
    fc.assert(
      fc.property(
        texts.filter((text) => text !== '<<'),
        (key) => {
          const { tree } = parseYaml('/x', `${scalar(key)}: x\n`);
          expect(tree?.kind === 'map' ? [...tree.fields.keys()] : tree).toEqual([key]);
        },
      ),
    );
  });
});
