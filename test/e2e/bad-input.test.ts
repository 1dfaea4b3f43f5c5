// Is every mistake answered with a clear error, while everything else keeps running?

import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRoot } from './abilities.ts';
import type { Said } from './dist.ts';
import { lodge, type Lodging } from './lodging.ts';

/** Root without the capabilities that let it read everything. */
const MORTAL = isRoot ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : [];

const REFUSED = { code: 2, notSaid: [], isBug: false, started: [] };

/** What was made of a mistake: equal to REFUSED when each of `facts` was said on stderr and nothing was started. */
const answer = async (
  lodging: Lodging,
  said: Said,
  ...facts: readonly (string | RegExp)[]
): Promise<unknown> => ({
  code: said.code,
  notSaid: facts.filter((fact) =>
    typeof fact === 'string' ? !said.stderr.includes(fact) : !fact.test(said.stderr),
  ),
  isBug: / at .*\.js:\d+/.test(said.stderr),
  started: await lodging.leftAfter(2000),
});

const listen = (path: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', reject);
    server.listen(path, () => resolve(server));
  });

describe('`start` refuses, says why and starts nothing', () => {
  test('for a file that is missing', async () => {
    const lodging = lodge();
    expect(
      await answer(
        lodging,
        await lodging.tsvisor(['start']),
        lodging.config,
        /no such file|does not exist|not found/i,
      ),
    ).toEqual(REFUSED);
  });

  test('for a file that it may not read', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'stays.sh'));
    chmodSync(lodging.config, 0o000);
    expect(
      await answer(
        lodging,
        await lodging.tsvisor(['start'], { through: MORTAL }),
        lodging.config,
        /permission/i,
      ),
    ).toEqual(REFUSED);
  });

  test('for a folder in place of a file', async () => {
    const lodging = lodge();
    mkdirSync(lodging.config);
    expect(
      await answer(lodging, await lodging.tsvisor(['start']), lodging.config, /director|folder/i),
    ).toEqual(REFUSED);
  });

  test('for an unknown key in YAML, with its line and the nearest known key', async () => {
    const lodging = lodge();
    const config = lodging.writeFile(
      'tsvisor.yaml',
      `supervisor:\n  runtime_dir: ${lodging.path('run')}\nprograms:\n  app:\n    command: sleep 1000000\n    autorestrat: always\n`,
    );
    const said = await lodging.tsvisor(['start'], { config });
    expect(await answer(lodging, said, `${config}:6`, 'autorestrat', /autorestart/)).toEqual(REFUSED);
  });

  test('for every bad value of a file at once, each with file, line and key', async () => {
    const lodging = lodge();
    lodging.write(
      lodging.program('app', 'stays.sh', { startsecs: 'soon', oom_score_adj: 2000, on_oom: 'panic' }),
      lodging.program('other', 'stays.sh', { user: 'nobody-knows-me' }),
      lodging.program('third', 'stays.sh', {
        stderr_logfile: '/nowhere/at/all.log',
        redirect_stderr: 'false',
      }),
      '[group:all]\nprograms=app,other,third,ghost\n',
    );
    const said = await lodging.tsvisor(['start']);
    expect(await answer(lodging, said, 'ghost', 'nobody-knows-me', '/nowhere/at')).toEqual(REFUSED);
    for (const key of ['startsecs', 'oom_score_adj', 'on_oom', 'user', 'stderr_logfile', 'programs'])
      expect(said.stderr).toMatch(new RegExp(`^(error: )?${lodging.config}:\\d+: ${key}: `, 'm'));
  });

  test('for a text that is no config at all', async () => {
    const lodging = lodge();
    lodging.writeFile('supervisord.conf', 'this is not an ini file\n');
    expect(await answer(lodging, await lodging.tsvisor(['start']), `${lodging.config}:1`)).toEqual(REFUSED);
  });

  test('for a socket path that is too long', async () => {
    const lodging = lodge();
    const long = lodging.path('x'.repeat(120));
    lodging.writeFile(
      'supervisord.conf',
      `[supervisord]\nruntime_dir=${long}\nlogfile=${lodging.path('l')}\n`,
    );
    expect(await answer(lodging, await lodging.tsvisor(['start']), /10[78]/, /runtime_dir/)).toEqual(REFUSED);
  });

  test('for a socket on which somebody else answers', async () => {
    const lodging = lodge();
    const socket = lodging.path('taken.sock');
    const server = await listen(socket);
    onTestFinished(() => void server.close());
    lodging.write(`[unix_http_server]\nfile=${socket}\n`, lodging.program('app', 'stays.sh'));
    expect(await answer(lodging, await lodging.tsvisor(['start']), 'taken.sock')).toEqual(REFUSED);
  });

  test('for a socket path that is an ordinary file, which it leaves alone', async () => {
    const lodging = lodge();
    const path = lodging.writeFile('precious.sock', 'a letter');
    lodging.write(`[unix_http_server]\nfile=${path}\n`, lodging.program('app', 'stays.sh'));
    expect(await answer(lodging, await lodging.tsvisor(['start']), 'precious.sock')).toEqual(REFUSED);
    expect(lodging.read('precious.sock')).toBe('a letter');
  });
});

describe('`check` finds the same without starting anything', () => {
  test('and says that a good file is good', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'stays.sh'));
    expect(await lodging.tsvisor(['check'])).toMatchObject({ code: 0 });
    expect(lodging.residents()).toEqual([]);
  });

  test('and exits 2 on a bad one', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'stays.sh', { startsecs: 'soon' }));
    expect(await answer(lodging, await lodging.tsvisor(['check']), /:\d+: startsecs: /)).toEqual(REFUSED);
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
    const lodging = lodge();
    lodging.writeFile('plain', 'no program\n');
    chmodSync(lodging.writeFile('odd', '#!/nowhere/interpreter\n'), 0o755);
    const section = Object.entries({ startretries: 0, ...keys }).map(([key, value]) => `${key}=${value}\n`);
    lodging.write(`[program:bad]\n${section.join('')}`, lodging.program('good', 'stays.sh'));
    await lodging.start();
    await lodging.reach('RUNNING', 'good');
    const { processes } = await lodging.reach('FATAL', 'bad');
    expect(processes.find(({ name }) => name === 'bad')?.spawnError).toMatch(error);
    const started = await lodging.tsvisor(['start', 'bad']);
    expect(started.code).toBe(exit);
    expect(await lodging.process('good')).toMatchObject({ state: 'RUNNING' });
  });
});

describe('a command line with a mistake', () => {
  test('names the nearest process for an unknown one, and exits as supervisorctl does', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('worker', 'stays.sh'));
    await lodging.start();
    const said = await lodging.tsvisor(['status', 'wroker']);
    expect(said.code).toBe(4);
    expect(said.stdout + said.stderr).toMatch(/wroker.*no such process/s);
    expect(said.stdout + said.stderr).toMatch(/worker/);
  });

  test('says that nothing runs here, and how to start it', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'stays.sh'));
    const said = await lodging.tsvisor(['status']);
    expect(said.code).toBe(4);
    expect(said.stderr).toMatch(/tsvisor start/);
  });
});
