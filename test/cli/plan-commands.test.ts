// Do reread, update, add, remove, avail and apply say what a change of config does, and do only what was asked for?

import { describe, expect, test } from 'vitest';
import { TsvisorError } from '../../src/model/errors.ts';
import type { Command, Reply } from '../../src/model/command.ts';
import { invoke } from './invoke.ts';

const REREAD = { added: ['new', 'also'], changed: ['ci'], removed: ['old'] };

const verbsOf = (asked: readonly Command[]): readonly string[] =>
  asked
    .filter(({ verb }) => verb !== 'status')
    .map((command) => {
      if ('group' in command) return `${command.verb} ${command.group}`;
      return 'names' in command ? `${command.verb} ${String(command.names)}` : command.verb;
    });

const rereading = ({ verb }: Command): Reply | undefined => (verb === 'reread' ? REREAD : undefined);

describe('reread', () => {
  test('names every group that differs, in order', async () => {
    const { status, out, asked } = await invoke(['reread'], { ask: rereading });
    expect({ status, out }).toEqual({
      status: 0,
      out: 'also: available\nci: changed\nnew: available\nold: disappeared',
    });
    expect(verbsOf(asked)).toEqual(['reread']);
  });

  test('says so when nothing differs', async () => {
    const nothing = { added: [], changed: [], removed: [] };
    const { out } = await invoke(['reread'], {
      ask: ({ verb }) => (verb === 'reread' ? nothing : undefined),
    });
    expect(out).toBe('No config updates to processes');
  });

  test('is refused with every problem of the file', async () => {
    const ask = (): never => {
      throw new TsvisorError('BAD_CONFIG', { problems: 'x.conf:3: startsecs: no number' });
    };
    await expect(invoke(['reread'], { ask })).rejects.toThrow('x.conf:3: startsecs: no number');
  });
});

describe('update', () => {
  test('removes, replaces and adds groups in this order', async () => {
    const { status, out, asked } = await invoke(['update'], { ask: rereading });
    expect({ status, out }).toEqual({
      status: 0,
      out: 'old: removed process group\nci: updated process group\nnew: added process group\nalso: added process group',
    });
    expect(verbsOf(asked)).toEqual([
      'reread',
      'stop old:*',
      'remove-group old',
      'stop ci:*',
      'remove-group ci',
      'add-group ci',
      'add-group new',
      'add-group also',
    ]);
  });

  test('touches only what is named, and tells of names that are none', async () => {
    const { status, out, err, asked } = await invoke(['update', 'also', 'cii'], { ask: rereading });
    expect({ status, out }).toEqual({ status: 1, out: 'also: added process group' });
    expect(err).toContain('cii: no such group');
    expect(err).toContain('did you mean `ci`?');
    expect(verbsOf(asked)).toEqual(['reread', 'add-group also']);
  });

  test('goes on after a group that refuses, and ends with its status', async () => {
    const ask = (command: Command): Reply | undefined => {
      if (command.verb === 'add-group' && command.group === 'new') throw new TsvisorError('SHUTDOWN_STATE');
      return rereading(command);
    };
    const { status, out, err } = await invoke(['update', 'new', 'also'], { ask });
    expect({ status, out }).toEqual({ status: 1, out: 'also: added process group' });
    expect(err).toContain('tsvisor is stopping');
  });
});

test('add and remove change each group, and tell of each that refuses', async () => {
  const ask = (command: Command): Reply | undefined => {
    if ('group' in command && command.group === 'nope') throw new TsvisorError('BAD_GROUP', { name: 'nope' });
    return undefined;
  };
  const added = await invoke(['add', 'a', 'nope', 'b'], { ask });
  expect(added).toMatchObject({ status: 1, out: 'a: added process group\nb: added process group' });
  expect(added.err).toContain('nope: no such group\nhint: `tsvisor reread` reads the config anew');
  const removed = await invoke(['remove', 'a', 'b'], { ask });
  expect(removed).toMatchObject({ status: 0, out: 'a: removed process group\nb: removed process group' });
});

describe('apply', () => {
  const steps = [
    { group: 'new', name: null, act: 'add', why: 'new in the config' },
    { group: 'ci', name: 'app-1', act: 'restart', why: 'command changed' },
    { group: 'web', name: 'web', act: 'live', why: 'oom_score_adj changed' },
    { group: 'old', name: null, act: 'remove', why: '' },
  ] as const;

  const applying =
    (notices: readonly string[] = []) =>
    (command: Command): Reply | undefined =>
      command.verb === 'apply' ? { steps, applied: !command.dryRun, notices } : undefined;

  test('tells what was done, and why', async () => {
    const { status, out, err } = await invoke(['apply'], { ask: applying(['logfile needs a restart']) });
    expect({ status, out }).toEqual({
      status: 0,
      out: [
        'new: added (new in the config)',
        'ci:app-1: restarted (command changed)',
        'web: changed while running (oom_score_adj changed)',
        'old: removed',
      ].join('\n'),
    });
    expect(err).toBe('note: logfile needs a restart');
  });

  test('only tells with --dry-run', async () => {
    const { out, asked } = await invoke(['apply'], { ask: applying(), options: { dryRun: true } });
    expect(out).toContain('ci:app-1: would be restarted (command changed)');
    expect(asked).toEqual([{ verb: 'apply', dryRun: true }]);
  });

  test('says so when there is nothing to change', async () => {
    const nothing = { steps: [], applied: true, notices: [] };
    const { out } = await invoke(['apply'], { ask: ({ verb }) => (verb === 'apply' ? nothing : undefined) });
    expect(out).toBe('nothing to change');
  });

  test('prints all of it as JSON', async () => {
    const { out } = await invoke(['apply'], { ask: applying(), options: { json: true, dryRun: true } });
    expect(JSON.parse(out)).toEqual({ steps, applied: false, notices: [] });
  });
});

describe('--no-wait', () => {
  test.each(['start', 'stop', 'restart'] as const)('is passed on by %s', async (verb) => {
    const { asked } = await invoke([verb, 'web'], { options: { wait: false } });
    expect(asked).toEqual([{ verb, names: ['web'], wait: false }]);
    const waited = await invoke([verb, 'web']);
    expect(waited.asked).toEqual([{ verb, names: ['web'], wait: true }]);
  });

  test('asks the supervisor to end or to restart, and returns', async () => {
    expect(await invoke(['stop'], { options: { wait: false } })).toMatchObject({
      status: 0,
      out: 'tsvisor is stopping',
    });
    expect(await invoke(['restart'], { options: { wait: false } })).toMatchObject({
      status: 0,
      out: 'tsvisor is restarting',
    });
  });

  test('is refused for the start of the supervisor', async () => {
    await expect(invoke(['start'], { options: { wait: false } })).rejects.toMatchObject({
      code: 'BAD_OPTION',
    });
  });
});

describe('on a terminal', () => {
  test('a start that takes its time tells how far it is, and leaves no trace', async () => {
    const { out } = await invoke(['start', 'all'], {
      columns: 80,
      ask: ({ verb }) => {
        if (verb !== 'start') return undefined;
        const until = performance.now() + 900;
        return new Promise((resolve) => {
          const look = (): void => (performance.now() > until ? resolve([]) : void setTimeout(look, 20));
          look();
        }) as never;
      },
    });
    expect(out).toContain('3 of 3 running');
    expect(out.endsWith('\r\u001B[K')).toBe(true);
  });
});
