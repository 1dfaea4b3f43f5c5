// Are the keys about a program's duty read as their reference says: type, depends_on, health and schedule?

import { describe, expect, test } from 'vitest';
import { dependsOn, health } from '../../src/config/duty-types.ts';
import { dutyData } from '../../src/config/duty-data.ts';
import { linearPattern } from '../../src/config/pattern.ts';
import { isRefusal } from '../../src/config/refusal.ts';
import type { Duty } from '../../src/model/duty.ts';
import { PLAIN_DUTY } from '../../src/model/duty.ts';
import { planOf, problemsOf } from './sandbox.ts';

const YAML = { name: 'tsvisor.yaml' };

const dutiesOf = async (text: string): Promise<Readonly<Record<string, Duty>>> => {
  const { groups } = await planOf(text, YAML);
  return Object.fromEntries(
    groups.flatMap(({ processes }) => processes.map(({ name, duty }) => [name, duty])),
  );
};

describe('depends_on', () => {
  test('is read from a line, a list and a map alike', () => {
    const wanted = [
      { on: 'db', condition: null, restart: false },
      { on: 'g:cache', condition: 'healthy', restart: false },
    ];
    expect(dependsOn('db, g:cache = healthy')).toEqual(wanted);
    expect(dependsOn(['db', 'g:cache=healthy'])).toEqual(wanted);
    expect(dependsOn({ db: '', 'g:cache': 'healthy' })).toEqual(wanted);
    expect(dependsOn('none')).toEqual([]);
  });

  test('may ask for restarts, with a condition or without', () => {
    const wanted = [
      { on: 'db', condition: null, restart: true },
      { on: 'cache', condition: 'healthy', restart: true },
      { on: 'queue', condition: 'ready', restart: false },
    ];
    expect(dependsOn('db restart=true, cache=healthy restart=true, queue=ready restart=false')).toEqual(
      wanted,
    );
    expect(dependsOn({ db: 'restart=true', cache: 'healthy  restart=true', queue: 'ready' })).toEqual(wanted);
    expect(dependsOn('db=healthy restart=maybe')).toMatchObject({
      refused: "'healthy restart=maybe' is no condition",
    });
  });

  test('refuses names that mean nobody, at their place', async () => {
    const text = 'programs:\n  web:\n    command: a\n    depends_on: [db]\n';
    expect(await problemsOf(text, YAML)).toEqual([
      "4: depends_on: cannot use programs.web: it depends on 'db', which is not there",
    ]);
  });

  test('refuses a circle and writes it out, once', async () => {
    const text = `[supervisord]
[program:a]
command=a
depends_on=b
[program:b]
command=b
depends_on=g:c=started
[program:c]
command=c
depends_on=a
[group:g]
programs=c
`;
    const problems = await problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^4: depends_on: .*: it waits for itself: a → b → g:c → a$/);
  });

  test('refuses to wait for itself, also by way of its group', async () => {
    const text = '[supervisord]\n[program:a]\ncommand=a\n[group:g]\nprograms=a\ndepends_on=g\n';
    expect(await problemsOf(text)).toEqual([
      '6: depends_on: cannot use [group:g]: it waits for itself: g:a → g:a',
    ]);
  });

  test('refuses conditions that never come true', async () => {
    const text =
      'programs:\n  db: {command: a}\n  web: {command: b, depends_on: {db: healthy}}\n  job: {command: b, depends_on: {db: completed}}\n';
    expect(await problemsOf(text, YAML)).toEqual([
      '3: depends_on: cannot use programs.web: db is never found healthy: it has no health checks',
      '4: depends_on: cannot use programs.job: db never completes: it is no oneshot',
    ]);
  });
});

describe('health', () => {
  const plain = { interval: 10, timeout: 5, retries: 3, success: 1, grace: 10, onUnhealthy: 'none' };

  test('has defaults for what is left out', () => {
    expect(health('tcp=5432')).toEqual({ ...plain, check: { kind: 'tcp', host: '127.0.0.1', port: 5432 } });
    expect(health({ tcp: '[::1]:80', grace: '1m', on_unhealthy: 'restart' })).toEqual({
      ...plain,
      grace: 60,
      onUnhealthy: 'restart',
      check: { kind: 'tcp', host: '::1', port: 80 },
    });
    expect(health('none')).toBeNull();
  });

  test('leaves commas and equals signs to the check, which comes last', () => {
    expect(health('retries=2,status=204,http=http://x/a,b=c')).toMatchObject({
      retries: 2,
      check: { kind: 'http', url: 'http://x/a,b=c', status: 204 },
    });
    expect(health('exec=/bin/test -e "a,b"')).toMatchObject({ check: { command: '/bin/test -e "a,b"' } });
  });

  test.each([
    ['interval=5s', 'it says nothing to check'],
    ['tcp=1,exec=a', 'it has both exec and tcp'],
    ['tcp=nowhere', 'has no port'],
    ['http=ftp://x/', 'is no address'],
    ['retries=0,tcp=1', 'no number of checks'],
    ['interval=0,tcp=1', 'no time at all'],
    ['status=200,tcp=1', 'status goes with http only'],
    ['log=(a)\\1', 'Cannot be executed in linear time'],
    ['exec="', 'cannot read the command'],
  ])('refuses %s', (text, why) => {
    const read = health(text);
    expect(isRefusal(read) ? read.refused : read).toContain(why);
  });

  test('has each process its own, with its number in it', async () => {
    const text =
      'programs:\n  web:\n    command: a\n    numprocs: 2\n    process_name: "web%(process_num)d"\n    health: {tcp: "80%(process_num)02d"}\n';
    const { web0, web1 } = await dutiesOf(text);
    expect([web0?.health?.check, web1?.health?.check]).toMatchObject([{ port: 8000 }, { port: 8001 }]);
  });

  test('looks for patterns in time that grows with the text only', () => {
    const pattern = linearPattern('^(a+)+$');
    if (isRefusal(pattern)) throw new Error(pattern.refused);
    const begun = performance.now();
    expect(pattern.test(`${'a'.repeat(4000)}b`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe('a oneshot and a schedule', () => {
  test('change what holds by default', async () => {
    const text = `programs:
  once: {command: a, type: oneshot}
  nightly: {command: a, schedule: "30 4 * * *"}
  renewed: {command: a, type: service, autostart: true, startsecs: 3, schedule: {cron: "0,30 4 * * *", timezone: Europe/Berlin, overlap: kill}}
  plain: {command: a}
`;
    const { groups } = await planOf(text, YAML);
    const of = (wanted: string) =>
      groups.flatMap(({ processes }) => processes).find(({ name }) => name === wanted);
    expect(of('once')).toMatchObject({ autostart: true, startsecs: 0, duty: { type: 'oneshot' } });
    expect(of('nightly')).toMatchObject({ autostart: false, startsecs: 0, duty: { type: 'oneshot' } });
    expect(of('renewed')).toMatchObject({
      autostart: true,
      startsecs: 3,
      duty: {
        type: 'service',
        schedule: { cron: '0,30 4 * * *', timezone: 'Europe/Berlin', overlap: 'kill' },
      },
    });
    expect(of('plain')?.duty).toBe(PLAIN_DUTY);
  });

  test.each([
    ['61 * * * *', /'61 \* \* \* \*' is no schedule: Invalid value for minute/],
    ['0 0 30 2 *', /never comes/],
    ['timezone=Mars/Olympus,cron=0 0 * * *', /in Mars\/Olympus is no schedule/],
    ['overlap=twice,cron=0 0 * * *', /'twice' is not known/],
    ['jitter=soon,cron=0 0 * * *', /'soon' is not a duration/],
  ])('are refused where they make no sense: %s', async (schedule, why) => {
    const [problem] = await problemsOf(`programs:\n  a: {command: a, schedule: "${schedule}"}\n`, YAML);
    expect(problem).toMatch(why);
  });

  test('are shown by `tsvisor config` so that a file with its words says the same', async () => {
    const program = `{command: a, type: oneshot, depends_on: {db: started, c: restart=true}, schedule: {cron: "@daily", overlap: queue, jitter: 2m}, health: {log: "a,b", retries: 2}}`;
    const text = (duty: string) => `programs:\n  db: {command: b}\n  c: {command: b}\n  a: ${duty}\n`;
    const plan = await planOf(text(program), YAML);
    const shown = await planOf(
      text(JSON.stringify({ command: 'a', ...dutyData(plan.groups[0]?.processes[0]?.duty ?? PLAIN_DUTY) })),
      YAML,
    );
    expect(shown.groups[0]?.processes[0]?.duty).toEqual(plan.groups[0]?.processes[0]?.duty);
    expect(shown.groups[0]?.processes[0]?.duty.health?.check).toEqual({ kind: 'log', pattern: 'a,b' });
  });
});
