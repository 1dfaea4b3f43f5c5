// Do the subcommands say and answer what supervisorctl's users expect, against a played supervisor on a real socket?

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS, type Invocation } from '../../src/cli/commands.ts';
import type { Command, Outcome, ProcessStatus } from '../../src/model/command.ts';
import { TsvisorError, type ErrorCode } from '../../src/model/errors.ts';
import { openHouse, STATUS, temporaryFolder } from '../api/sandbox.ts';
import { createProcess, createScreen } from './screen.ts';

const PROCESSES = [
  createProcess({ group: 'ci', name: 'app-1', pid: 101 }),
  createProcess({ group: 'ci', name: 'app-2', pid: 102 }),
  createProcess({ group: 'web', name: 'web', pid: 103 }),
];

interface Played {
  readonly processes?: readonly ProcessStatus[];
  readonly outcomes?: readonly Outcome[];
}

interface Seen {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly Command[];
}

const achieved = (group: string, name: string, message: string): Outcome => ({
  process: { group, name },
  ok: true,
  code: null,
  message,
});

const refused = (group: string, name: string, code: ErrorCode): Outcome => ({
  process: { group, name },
  ok: false,
  code,
  message: new TsvisorError(code, { name: `${group}:${name}`, reason: 'why' }).message,
});

/** Runs one subcommand; a throw is what main.ts would print. */
const run = async (
  [name = '', ...words]: readonly string[],
  { processes = PROCESSES, outcomes = [] }: Played = {},
  options: Invocation['options'] = {},
): Promise<Seen> => {
  const { path, asked } = await openHouse({
    ask: ({ verb }) => Promise.resolve(verb === 'status' ? { ...STATUS, processes } : outcomes),
  });
  const screen = createScreen();
  const row = COMMANDS.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no such subcommand: ${name}`);
  const subcommand = await row.load();
  const status = await subcommand.run({
    words,
    options: { socket: path, ...options },
    terminal: screen.terminal,
  });
  return { status, out: screen.out(), err: screen.err(), asked };
};

describe('status', () => {
  test.each([
    ['RUNNING', 0],
    ['STARTING', 0],
    ['BACKOFF', 0],
    ['STOPPING', 0],
    ['STOPPED', 3],
    ['EXITED', 3],
    ['FATAL', 3],
    ['UNKNOWN', 3],
  ] as const)('ends with the right status when one process is %s', async (state, status) => {
    const seen = await run(['status'], { processes: [...PROCESSES, createProcess({ name: 'x', state })] });
    expect(seen.status).toBe(status);
    expect(seen.out).toContain('ci:app-1');
    expect(seen.out).toContain('tsvisor 0.1.0');
  });

  test('shows only what is named, without the footer', async () => {
    const { status, out } = await run(['status', 'web']);
    expect(status).toBe(0);
    expect(out.split('\n')).toHaveLength(2);
    expect(out).toContain('web');
  });

  test('looks only at the named processes for its status', async () => {
    const processes = [...PROCESSES, createProcess({ group: 'x', name: 'x', state: 'FATAL' })];
    expect((await run(['status', 'ci:*'], { processes })).status).toBe(0);
    expect((await run(['status', 'x'], { processes })).status).toBe(3);
  });

  test('answers 4 for an unknown name, with the nearest known one, and shows the rest', async () => {
    const { status, out, err } = await run(['status', 'ci:app-9', 'web']);
    expect(status).toBe(4);
    expect(err).toContain('error: ci:app-9: no such process');
    expect(err).toContain('hint: did you mean `ci:app-1`?');
    expect(out).toContain('web');
  });

  test('lets a process at rest win over an unknown name, as supervisorctl does', async () => {
    const processes = [createProcess({ group: 'x', name: 'x', state: 'STOPPED' })];
    expect((await run(['status', 'nope', 'x'], { processes })).status).toBe(3);
  });

  test('prints the whole reply as JSON', async () => {
    const { out } = await run(['status'], {}, { json: true });
    expect(JSON.parse(out)).toEqual({ ...STATUS, processes: PROCESSES });
  });
});

describe('start, stop, restart, signal', () => {
  test.each([
    ['start', 'started'],
    ['stop', 'stopped'],
    ['restart', 'started'],
  ])('%s passes names on and tells what became of each', async (verb, message) => {
    const outcomes = [achieved('ci', 'app-1', message), achieved('web', 'web', message)];
    const seen = await run([verb, 'ci:app-1', 'web'], { outcomes });
    expect(seen.status).toBe(0);
    expect(seen.out).toBe(`ci:app-1: ${message}\nweb: ${message}`);
    expect(seen.asked).toEqual([{ verb, names: ['ci:app-1', 'web'], wait: true }]);
  });

  test('signal passes the signal on', async () => {
    const seen = await run(['signal', 'hup', 'web'], {
      outcomes: [achieved('web', 'web', 'signalled')],
    });
    expect(seen).toMatchObject({ status: 0, out: 'web: signalled' });
    expect(seen.asked).toEqual([{ verb: 'signal', names: ['web'], signal: 'SIGHUP' }]);
  });

  test.each([
    ['start', 'ALREADY_STARTED', 0],
    ['start', 'SPAWN_ERROR', 7],
    ['start', 'ABNORMAL_TERMINATION', 7],
    ['start', 'STUCK', 1],
    ['start', 'BAD_NAME', 1],
    ['start', 'BAD_GROUP', 2],
    ['stop', 'NOT_RUNNING', 0],
    ['stop', 'BAD_NAME', 1],
    ['stop', 'STUCK', 1],
    ['restart', 'SPAWN_ERROR', 7],
    ['signal', 'NOT_RUNNING', 7],
    ['signal', 'BAD_NAME', 1],
  ] as const)('%s ends as supervisorctl would for %s: %d', async (...[verb, code, status]) => {
    const words = verb === 'signal' ? ['signal', 'HUP', 'ci:app-1'] : [verb, 'ci:app-1'];
    const seen = await run(words, { outcomes: [refused('ci', 'app-1', code)] });
    expect(seen.status).toBe(status);
    const text = status === 0 ? seen.out : seen.err;
    expect(text).toContain('ci');
    expect(status === 0 ? seen.err : seen.out).toBe('');
  });

  test('ends with the last failure among several outcomes', async () => {
    const outcomes = [
      refused('ci', 'app-1', 'SPAWN_ERROR'),
      refused('ci', 'app-2', 'STUCK'),
      achieved('web', 'web', 'started'),
    ];
    expect((await run(['start', 'all'], { outcomes })).status).toBe(1);
  });

  test('says what to do about a process that did not come up', async () => {
    const { err } = await run(['start', 'web'], {
      outcomes: [refused('web', 'web', 'ABNORMAL_TERMINATION')],
    });
    expect(err).toMatch(/^error: .*\nhint: `tsvisor logs web` may say why$/);
  });

  test('suggests the nearest name for one that the supervisor does not know', async () => {
    const outcomes = [refused('ci', 'ci:ap-1', 'BAD_NAME')];
    const { err } = await run(['stop', 'ci:ap-1'], { outcomes });
    expect(err).toBe('error: ci:ap-1: no such process\nhint: did you mean `ci:app-1`?');
  });

  test('hands the refusal of a signal to its caller', async () => {
    await expect(run(['signal', 'NONSENSE', 'web'])).rejects.toMatchObject({ code: 'BAD_SIGNAL' });
  });
});

describe('restart without names', () => {
  test('returns when a new supervisor answers, whatever the old one says meanwhile', async () => {
    let looks = 0;
    let reloading = false;
    const { path } = await openHouse({
      ask({ verb }) {
        if (verb === 'reload') reloading = true;
        if (verb !== 'status') return Promise.resolve([]);
        looks += reloading ? 1 : 0;
        if (looks === 2) return Promise.reject(new TsvisorError('SHUTDOWN_STATE'));
        const pid = looks > 2 ? 5000 : STATUS.supervisor.pid;
        return Promise.resolve({ ...STATUS, supervisor: { ...STATUS.supervisor, pid } });
      },
    });
    const screen = createScreen();
    const { run: restart } = await import('../../src/cli/restart.ts');
    const status = await restart({ words: [], options: { socket: path }, terminal: screen.terminal });
    expect(status).toBe(0);
    expect(screen.out()).toBe('tsvisor is up again (pid 5000)');
    expect(looks).toBe(3);
  });
});

describe('pid', () => {
  test('is that of the supervisor, or of each named leader', async () => {
    expect(await run(['pid'])).toMatchObject({ status: 0, out: '4242' });
    expect(await run(['pid', 'ci:*'])).toMatchObject({ status: 0, out: '101\n102' });
    expect(await run(['pid', 'all'])).toMatchObject({ status: 0, out: '101\n102\n103' });
  });

  test('ends with 7 for a process without one, with 1 for an unknown name', async () => {
    const processes = [createProcess({ group: 'x', name: 'x', pid: 0, state: 'STOPPED' })];
    expect(await run(['pid', 'x'], { processes })).toMatchObject({ status: 7, out: '0' });
    expect(await run(['pid', 'y'], { processes })).toMatchObject({ status: 1, out: '' });
  });
});

describe('every command that asks', () => {
  test.each([
    ['status'],
    ['stop', 'a'],
    ['start', 'a'],
    ['restart'],
    ['pid'],
    ['signal', 'HUP', 'a'],
    ['shutdown'],
  ])('says where nobody answers: %s', async (...words) => {
    const socket = join(temporaryFolder(), 'none.sock');
    await expect(run(words, {}, { socket })).rejects.toMatchObject({
      code: 'NOT_RUNNING_HERE',
      message: expect.stringContaining(
        `cannot reach tsvisor at ${socket}: no such socket; it is not running`,
      ),
    });
  });
});
