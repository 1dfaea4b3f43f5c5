// Is every mistake answered with a clear error, while everything else keeps running?

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { instanceOf } from '../../src/config/runtime.ts';
import { canMakeMountNamespace, isRoot } from './abilities.ts';
import type { Said } from './dist.ts';
import { cgroupsOf } from './remains.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

/** Root without the capabilities that let it read everything. */
const MORTAL = isRoot ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : [];

const REFUSED = { code: 2, notSaid: [], isBug: false, started: [] };

/** What was made of a mistake: equal to REFUSED when each of `facts` was said on stderr and nothing was started. */
const answer = async (
  sandbox: Sandbox,
  said: Said,
  ...facts: readonly (string | RegExp)[]
): Promise<unknown> => ({
  code: said.code,
  notSaid: facts.filter((fact) =>
    typeof fact === 'string' ? !said.stderr.includes(fact) : !fact.test(said.stderr),
  ),
  isBug: / at .*\.js:\d+/.test(said.stderr),
  started: await sandbox.leftAfter(2000),
});

const listen = (path: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', reject);
    server.listen(path, () => resolve(server));
  });

describe('`start` refuses, says why and starts nothing', () => {
  test('for a file that is missing', async () => {
    const sandbox = openSandbox();
    expect(
      await answer(
        sandbox,
        await sandbox.tsvisor(['start']),
        sandbox.config,
        /no such file|does not exist|not found/i,
      ),
    ).toEqual(REFUSED);
  });

  test('for a file that it may not read', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'stays.sh'));
    chmodSync(sandbox.config, 0o000);
    expect(
      await answer(
        sandbox,
        await sandbox.tsvisor(['start'], { through: MORTAL }),
        sandbox.config,
        /permission/i,
      ),
    ).toEqual(REFUSED);
  });

  test('for a folder in place of a file', async () => {
    const sandbox = openSandbox();
    mkdirSync(sandbox.config);
    expect(
      await answer(sandbox, await sandbox.tsvisor(['start']), sandbox.config, /director|folder/i),
    ).toEqual(REFUSED);
  });

  test('for an unknown key in YAML, with its line and the nearest known key', async () => {
    const sandbox = openSandbox();
    const config = sandbox.writeFile(
      'tsvisor.yaml',
      `supervisor:\n  runtime_dir: ${sandbox.path('run')}\nprograms:\n  app:\n    command: sleep 1000000\n    autorestrat: always\n`,
    );
    const said = await sandbox.tsvisor(['start'], { config });
    expect(await answer(sandbox, said, `${config}:6`, 'autorestrat', /autorestart/)).toEqual(REFUSED);
  });

  test('for every bad value of a file at once, each with file, line and key', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', 'stays.sh', { startsecs: 'soon', oom_score_adj: 2000, on_oom: 'panic' }),
      sandbox.program('other', 'stays.sh', { user: 'nobody-knows-me' }),
      sandbox.program('third', 'stays.sh', {
        stderr_logfile: '/nowhere/at/all.log',
        redirect_stderr: 'false',
      }),
      '[group:all]\nprograms=app,other,third,ghost\n',
    );
    const said = await sandbox.tsvisor(['start']);
    expect(await answer(sandbox, said, 'ghost', 'nobody-knows-me', '/nowhere/at')).toEqual(REFUSED);
    for (const key of ['startsecs', 'oom_score_adj', 'on_oom', 'user', 'stderr_logfile', 'programs'])
      expect(said.stderr).toMatch(new RegExp(`^(error: )?${sandbox.config}:\\d+: ${key}: `, 'm'));
  });

  test('for a text that is no config at all', async () => {
    const sandbox = openSandbox();
    sandbox.writeFile('supervisord.conf', 'this is not an ini file\n');
    expect(await answer(sandbox, await sandbox.tsvisor(['start']), `${sandbox.config}:1`)).toEqual(REFUSED);
  });

  test('for a socket path that is too long', async () => {
    const sandbox = openSandbox();
    const long = sandbox.path('x'.repeat(120));
    sandbox.writeFile(
      'supervisord.conf',
      `[supervisord]\nruntime_dir=${long}\nlogfile=${sandbox.path('l')}\n`,
    );
    expect(await answer(sandbox, await sandbox.tsvisor(['start']), /10[78]/, /runtime_dir/)).toEqual(REFUSED);
  });

  test('for a socket on which somebody else answers', async () => {
    const sandbox = openSandbox();
    const socket = sandbox.path('taken.sock');
    const server = await listen(socket);
    onTestFinished(() => void server.close());
    sandbox.write(`[unix_http_server]\nfile=${socket}\n`, sandbox.program('app', 'stays.sh'));
    const cure = /^hint: stop that server, or choose another path$/m;
    for (const words of [['start'], ['start', '--foreground']])
      expect(await answer(sandbox, await sandbox.tsvisor(words), 'taken.sock', cure)).toEqual(REFUSED);
    expect(cgroupsOf(instanceOf(sandbox.path('run')))).toEqual([]);
  });

  test('for a socket path that is an ordinary file, which it leaves alone', async () => {
    const sandbox = openSandbox();
    const path = sandbox.writeFile('precious.sock', 'a letter');
    sandbox.write(`[unix_http_server]\nfile=${path}\n`, sandbox.program('app', 'stays.sh'));
    expect(await answer(sandbox, await sandbox.tsvisor(['start']), 'precious.sock')).toEqual(REFUSED);
    expect(sandbox.read('precious.sock')).toBe('a letter');
  });
});

describe('`check` finds the same without starting anything', () => {
  test('and says that a good file is good', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'stays.sh'));
    expect(await sandbox.tsvisor(['check'])).toMatchObject({ code: 0 });
    expect(sandbox.residents()).toEqual([]);
  });

  test('and exits 2 on a bad one', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'stays.sh', { startsecs: 'soon' }));
    expect(await answer(sandbox, await sandbox.tsvisor(['check']), /:\d+: startsecs: /)).toEqual(REFUSED);
  });
});

describe('a program that cannot start says why, and the others run', () => {
  // Exit status as supervisorctl's: 1 when the command cannot be found, 7 when it could not be run.
  const failing = [
    {
      what: 'its command is not there',
      keys: { command: '/nowhere/at/all' },
      error: /can't find command '\/nowhere\/at\/all'/,
      exit: 1,
    },
    {
      what: 'its command is not in PATH',
      keys: { command: 'no-such-command' },
      error: /can't find command 'no-such-command'/,
      exit: 1,
    },
    {
      what: 'its command is not executable',
      keys: { command: '%(here)s/plain' },
      error: /command at '.*plain' is not executable/,
      exit: 1,
    },
    {
      what: 'its command is a folder',
      keys: { command: '/tmp' },
      error: /command at '\/tmp' is a directory/,
      exit: 1,
    },
    {
      what: 'its command has an open quote',
      keys: { command: "sh -c 'oops" },
      error: /No closing quotation/,
      exit: 1,
    },
    {
      what: 'its directory is missing',
      keys: { command: 'sleep 1', directory: '/nowhere/at/all' },
      error: /\/nowhere\/at\/all/,
      exit: 7,
    },
    { what: 'its interpreter is missing', keys: { command: '%(here)s/odd' }, error: /odd/, exit: 7 },
  ];

  test.each(failing)('when $what', async ({ keys, error, exit }) => {
    const sandbox = openSandbox();
    sandbox.writeFile('plain', 'no program\n');
    chmodSync(sandbox.writeFile('odd', '#!/nowhere/interpreter\n'), 0o755);
    const section = Object.entries({ startretries: 0, ...keys }).map(([key, value]) => `${key}=${value}\n`);
    sandbox.write(`[program:bad]\n${section.join('')}`, sandbox.program('good', 'stays.sh'));
    await sandbox.start();
    await sandbox.reach('RUNNING', 'good');
    const { processes } = await sandbox.reach('FATAL', 'bad');
    expect(processes.find(({ name }) => name === 'bad')?.spawnError).toMatch(error);
    const started = await sandbox.tsvisor(['start', 'bad']);
    expect(started.code).toBe(exit);
    expect(await sandbox.process('good')).toMatchObject({ state: 'RUNNING' });
  });
});

test.skipIf(!canMakeMountNamespace)(
  'a runtime folder on a full disk keeps no program from running, and it is said what is missing (needs mounts)',
  async () => {
    const sandbox = openSandbox();
    const folder = sandbox.path('run');
    mkdirSync(folder);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]);
    try {
      expect(() => writeFileSync(join(folder, 'filler'), Buffer.alloc(1_000_000))).toThrow('ENOSPC');
      sandbox.write(sandbox.program('app', 'stays.sh'));
      const said = await sandbox.tsvisor(['start']);
      expect(said).toMatchObject({ code: 0, stderr: '' });
      expect(said.stdout).toMatch(/cannot write \S+\/ledger: ENOSPC/);
      const { supervisor } = await sandbox.reach('RUNNING', 'app');
      expect(supervisor.notices.join('\n')).toMatch(/cannot write our pid to \S+: ENOSPC/);
      await sandbox.tsvisor(['stop']);
    } finally {
      await sandbox.killAll();
      await execa('umount', ['--lazy', folder]);
    }
  },
);

describe('a command line with a mistake', () => {
  test('names the nearest process for an unknown one, and exits as supervisorctl does', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('worker', 'stays.sh'));
    await sandbox.start();
    const said = await sandbox.tsvisor(['status', 'wroker']);
    expect(said.code).toBe(4);
    expect(said.stdout + said.stderr).toMatch(/wroker.*no such process/s);
    expect(said.stdout + said.stderr).toMatch(/worker/);
  });

  test('says that nothing runs here, and how to start it', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'stays.sh'));
    const said = await sandbox.tsvisor(['status']);
    expect(said.code).toBe(4);
    expect(said.stderr).toMatch(/tsvisor start/);
  });
});
