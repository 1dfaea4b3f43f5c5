// Is every difference of two plans found, and named by its field?

import { describe, expect, test } from 'vitest';
import { diffPlans, isChangedForSupervisord } from '../../src/model/diff.ts';
import type { PlanDiff } from '../../src/model/diff.ts';
import { planOf } from '../config/sandbox.ts';

const BASE = `[supervisord]
[group:g]
programs=a,b
[program:a]
command=/bin/a
[program:b]
command=/bin/b
stdout_logfile=/tmp/b.log
[program:c]
command=/bin/c
`;

const diff = async (after: string, before = BASE): Promise<PlanDiff> => {
  const options = { cwd: '/tmp' };
  return diffPlans(await planOf(before, options), await planOf(after, options));
};

const fieldsOf = ({ changed }: PlanDiff): unknown =>
  Object.fromEntries(
    changed.flatMap(({ processes }) =>
      processes.map(({ name, change, fields }) => [name, change === 'changed' ? fields : change]),
    ),
  );

describe('diffPlans', () => {
  test('finds nothing between a plan and itself', async () => {
    expect(await diff(BASE)).toEqual({ added: [], removed: [], changed: [], supervisor: [] });
  });

  test('names groups that come and go', async () => {
    const found = await diff(BASE.replace('[program:c]', '[program:d]'));
    expect([
      found.added.map(({ name }) => name),
      found.removed.map(({ name }) => name),
      found.changed,
    ]).toEqual([['d'], ['c'], []]);
  });

  test('names the fields of the members that changed, and no other member', async () => {
    const found = await diff(BASE.replace('/bin/a', '/bin/a -x\npriority=3\nenvironment=A="1"'));
    expect(fieldsOf(found)).toEqual({ a: ['command', 'environment', 'priority'] });
    expect(found.changed[0]).toMatchObject({ name: 'g', fields: [], reordered: false });
  });

  test('names members that come and go', async () => {
    const more = BASE.replace('command=/bin/a', 'command=/bin/a\nnumprocs=2\nprocess_name=a%(process_num)d');
    expect(fieldsOf(await diff(more))).toEqual({ a0: 'added', a1: 'added', a: 'removed' });
  });

  test("names a group's own fields and a new order", async () => {
    expect((await diff(BASE.replace('programs=a,b', 'programs=a,b\npriority=4'))).changed).toMatchObject([
      { fields: ['priority'], processes: [] },
    ]);
    expect((await diff(BASE.replace('a,b', 'b,a'))).changed).toMatchObject([
      { reordered: true, processes: [] },
    ]);
  });

  test("names the supervisor's fields", async () => {
    expect(
      (await diff(BASE.replace('[supervisord]', '[supervisord]\nloglevel=debug\nidentifier=x'))).supervisor,
    ).toEqual(['identifier', 'loglevel']);
  });
});

describe('isChangedForSupervisord', () => {
  const asked = async (after: string, before = BASE): Promise<boolean[]> =>
    (await diff(after, before)).changed.map(isChangedForSupervisord);

  test('agrees where it compares', async () => {
    expect(await asked(BASE.replace('/bin/a', '/bin/a2'))).toEqual([true]);
    expect(await asked(BASE.replace('a,b', 'b,a'))).toEqual([true]);
    expect(await asked(BASE.replace('programs=a,b', 'programs=a,b\npriority=4'))).toEqual([true]);
  });

  test('passes over a log that becomes AUTO, and over our own keys', async () => {
    const auto = BASE.replace('stdout_logfile=/tmp/b.log\n', '');
    expect(await asked(auto)).toEqual([false]);
    expect(await asked(BASE, auto)).toEqual([true]);
    expect(await asked(auto.replace('/bin/b', '/bin/b\nstdout_logfile_maxbytes=1MB'), auto)).toEqual([true]);
    expect(await asked(auto.replace('/bin/b', '/bin/b\nstdout_logfile_backups=1'), auto)).toEqual([true]);
    expect(await asked(BASE.replace('/tmp/b.log', '/tmp/other.log'))).toEqual([true]);
    expect(await asked(BASE.replace('/bin/b', '/bin/b\nserverurl=http://x'))).toEqual([true]);
    expect(await asked(BASE.replace('/bin/a', '/bin/a\noom_score_adj=5'))).toEqual([false]);
  });

  test('looks at the URL of a FastCGI socket only', async () => {
    const fcgi = '[supervisord]\n[fcgi-program:f]\ncommand=f\nsocket=unix:///tmp/f.sock\n';
    expect(await asked(`${fcgi}socket_mode=0777`, fcgi)).toEqual([false]);
    expect(await asked(fcgi.replace('f.sock', 'g.sock'), fcgi)).toEqual([true]);
  });
});
