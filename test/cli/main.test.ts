// Does the built command line start, find, ask and end a supervisor as promised?

import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { lockName, instanceOf } from '../../src/config/runtime.ts';
import type { StatusReply } from '../../src/model/command.ts';
import { temporaryFolder } from '../api/sandbox.ts';
import { build, type Built } from './built.ts';

// Every command is a start of Node; a busy machine needs longer for it than a unit test may take.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let built: Built;

beforeAll(async () => {
  built = await build();
});

afterAll(() => built.remove());

interface Sandbox {
  readonly config: string;
  readonly socket: string;
  readonly folder: string;
}

/** A config with a runtime folder of its own; whatever still runs in it at the end of the test is stopped. */
const openSandbox = (more = ''): Sandbox => {
  const folder = temporaryFolder();
  const config = join(folder, 'x.conf');
  writeFileSync(config, `[supervisord]\nruntime_dir=${folder}/run\n${more}\n`);
  const socket = join(folder, 'run/tsvisor.sock');
  onTestFinished(async () => {
    if (existsSync(socket)) await built.run(['stop', '-s', socket]);
  });
  return { config, socket, folder };
};

/** A dead process that nobody has reaped yet is dead. */
const alive = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return error instanceof Error && !/ENOENT|ESRCH/.test(error.message);
  }
};

const statusOf = async (socket: string): Promise<StatusReply> =>
  JSON.parse((await built.run(['status', '--json', '-s', socket])).out);

describe('version and help', () => {
  test('prints the version of the package', async () => {
    const manifest: unknown = JSON.parse(readFileSync(join(built.folder, 'package.json'), 'utf8'));
    expect(await built.run(['version'])).toEqual({
      status: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+/),
      err: '',
    });
    expect(manifest).toMatchObject({ version: (await built.run(['version'])).out });
  });

  test('helps on stdout, and complains on stderr with status 2', async () => {
    expect(await built.run(['--help'])).toMatchObject({ status: 0, err: '' });
    expect(await built.run(['statsu'])).toMatchObject({ status: 2, out: '' });
    expect(await built.run([])).toMatchObject({ status: 2, out: '' });
  });
});

describe('check', () => {
  test('names every problem with its place, and ends with 2', async () => {
    const { config } = openSandbox('[program:a]\nstartsecs=x\n[program:b]\ncommand=true\nstopsignal=NONE');
    const { status, out, err } = await built.run(['check', '-c', config]);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/x\.conf:4: .*startsecs/);
    expect(err).toMatch(/x\.conf:\d+: .*stopsignal/);
    expect(err).toContain('command');
  });

  test('says so when there is none', async () => {
    const { config } = openSandbox('[program:a]\ncommand=true');
    expect(await built.run(['check', '-c', config])).toEqual({
      status: 0,
      out: `${config}: no problem found (groups: 1, processes: 1)`,
      err: '',
    });
  });

  test('says which file cannot be read', async () => {
    const { status, err } = await built.run(['check', '-c', '/nonexistent/x.conf']);
    expect(status).toBe(2);
    expect(err).toContain('/nonexistent/x.conf');
  });
});

describe('start', () => {
  test('returns when the supervisor answers, and says where', async () => {
    const { config, socket } = openSandbox();
    const started = await built.run(['start', '-c', config]);
    const { supervisor } = await statusOf(socket);
    expect(started).toEqual({
      status: 0,
      out: `tsvisor is up (pid ${supervisor.pid}, 0 processes, socket ${socket})\nnote: this supervisor is played`,
      err: '',
    });
    expect(await built.run(['pid', '-c', config])).toEqual({
      status: 0,
      out: String(supervisor.pid),
      err: '',
    });
  });

  test('is refused with pid, socket and config while one runs', async () => {
    const { config, socket } = openSandbox();
    await built.run(['start', '-c', config]);
    const { pid } = (await statusOf(socket)).supervisor;
    const again = await built.run(['start', '-c', config]);
    expect(again.status).toBe(2);
    expect(again.err).toContain(
      `already running with this config (pid ${pid}, socket ${socket}, config ${config})`,
    );
    expect(alive(pid)).toBe(true);
  });

  test('starts nothing when the config is wrong', async () => {
    const { config, folder } = openSandbox('[program:a]');
    expect((await built.run(['start', '-c', config])).status).toBe(2);
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  test.each([
    ['error', ['cannot listen: the sun shines', 'and it rains', 'wait']],
    ['crash', ['status 9', 'these are my last words']],
    ['locked', ['already running with this config (pid 77, socket /s, config /c)']],
  ])('says why when the birth ends in: %s', async (birth, texts) => {
    const { config } = openSandbox();
    const { status, out, err } = await built.run(['start', '-c', config], { TSVISOR_TEST_BIRTH: birth });
    expect(status).toBe(2);
    expect(out).toBe('');
    for (const text of texts) expect(err).toContain(text);
  });

  test('waits for the next supervisor when the first was killed without a word', async () => {
    const { config, socket } = openSandbox();
    const started = await built.run(['start', '-c', config], { TSVISOR_TEST_BIRTH: 'silent' });
    expect(started.status).toBe(0);
    expect((await statusOf(socket)).supervisor.config).toBe(config);
  });

  test('waits for a supervisor that is too busy for a first answer', async () => {
    const { config, socket } = openSandbox();
    const started = await built.run(['start', '-c', config], { TSVISOR_TEST_BIRTH: 'busy' });
    expect(started).toMatchObject({ status: 0, err: '' });
    expect((await statusOf(socket)).supervisor.config).toBe(config);
  });

  test('says why its runtime folder cannot be used', async () => {
    const { config, folder } = openSandbox();
    writeFileSync(join(folder, 'run'), 'a file');
    const { status, err } = await built.run(['start', '-c', config]);
    expect(status).toBe(2);
    expect(err).toContain(`runtime folder ${folder}/run cannot be used: EEXIST`);
  });

  test.skipIf(process.getuid?.() !== 0)('refuses a runtime folder of another user (root)', async () => {
    const { config, folder } = openSandbox();
    mkdirSync(join(folder, 'run'));
    chownSync(join(folder, 'run'), 65_534, 65_534);
    const { status, err } = await built.run(['start', '-c', config]);
    expect(status).toBe(2);
    expect(err).toContain('belongs to another user (uid 65534)');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'refuses a runtime folder that another user could exchange (root)',
    async () => {
      const { config, folder } = openSandbox();
      chownSync(folder, 65_534, 65_534);
      const { status, err } = await built.run(['start', '-c', config]);
      expect(status).toBe(2);
      expect(err).toContain(`${folder} belongs to another user (uid 65534), who could exchange it`);
    },
  );

  test('begins the guardian with the lock, the report descriptor and the supervisor below it', async () => {
    const { config, folder, socket } = openSandbox();
    const words = join(folder, 'words');
    built.addGuardian(
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${words}\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n`,
    );
    onTestFinished(() => rmSync(join(built.folder, 'dist/guardian/guardian')));
    expect((await built.run(['start', '-c', config])).status).toBe(0);
    const given = readFileSync(words, 'utf8').trimEnd().split('\n');
    const lock = lockName(instanceOf(join(folder, 'run')));
    expect(given.slice(0, 7)).toEqual(['guard', '-l', lock, '-R', '4', '--', process.execPath]);
    expect(given.slice(-5)).toEqual([
      join(built.folder, 'dist/daemon.js'),
      '--config',
      config,
      '--runtime',
      join(folder, 'run'),
    ]);
    expect(existsSync(socket)).toBe(true);
  });
});

describe('start -n', () => {
  test('passes signals on and ends with the status of the supervisor', async () => {
    const { config, socket } = openSandbox();
    const running = built.begin(['start', '-n', '-c', config]);
    await expect.poll(() => existsSync(socket), { timeout: 10_000 }).toBe(true);
    running.kill('SIGTERM');
    expect((await running).exitCode).toBe(42);
    rmSync(socket);
  });
});

describe('stop', () => {
  test.each([['stop'], ['shutdown']])(
    '%s returns when the supervisor is gone and another may start',
    async (verb) => {
      const { config, socket } = openSandbox();
      await built.run(['start', '-c', config]);
      const { pid } = (await statusOf(socket)).supervisor;
      expect(await built.run([verb, '-c', config])).toMatchObject({ status: 0, err: '' });
      expect(alive(pid)).toBe(false);
      expect(existsSync(socket)).toBe(false);
      expect((await built.run(['start', '-c', config])).status).toBe(0);
    },
  );

  test('says that nothing runs, with status 4', async () => {
    const { config, socket } = openSandbox();
    const { status, err } = await built.run(['stop', '-c', config]);
    expect(status).toBe(4);
    expect(err).toContain(`cannot reach tsvisor at ${socket}`);
    expect(err).toContain('hint: start it with');
  });
});

describe('a config that has become wrong', () => {
  test('does not hide the supervisor that runs with it', async () => {
    const { config } = openSandbox();
    await built.run(['start', '-c', config]);
    appendFileSync(config, '[program:x]\nstartsecs=soon\n');
    expect((await built.run(['status', '-c', config])).status).toBe(0);
    expect((await built.run(['stop', '-c', config])).status).toBe(0);
    expect(await built.run(['status', '-c', config])).toMatchObject({
      status: 2,
      err: expect.stringContaining('startsecs'),
    });
  });
});

describe('output', () => {
  test('has no colours when it is no terminal', async () => {
    const { config } = openSandbox();
    await built.run(['start', '-c', config]);
    const { out } = await built.run(['status', '-c', config]);
    expect(out).toContain('tsvisor 0.1.0');
    expect(out).not.toContain('\u001B');
  });
});
