// Programs that wait for others, do their work once, are looked after, and start by the clock: end to end.

import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { isRoot } from './abilities.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { kill } from './processes.ts';

const DEADLINE = { within: 30_000, every: 20 };

/** Fails as long as the sandbox has no file of that name. */
const whileMissing = (name: string): string => `exec=/bin/sh -c "echo no ${name}; exec test -e ${name}"`;

const oneshot = (sandbox: Sandbox, name: string, { command = 'exit 0', keys = '' } = {}): string =>
  `[program:${name}]\ntype=oneshot\ndirectory=${sandbox.folder}\nstdout_logfile=NONE\nstderr_logfile=NONE\n` +
  `command=/bin/sh -c "echo ${name} >>order; ${command}"\n${keys}\n`;

const readyz = (sandbox: Sandbox): Promise<{ status: number; body: unknown }> =>
  new Promise((resolve, reject) => {
    request({ socketPath: sandbox.path('run/tsvisor.sock'), path: '/readyz', agent: false }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    })
      .on('error', reject)
      .end();
  });

describe('depends_on', () => {
  test('starts in the order of readiness, tells who waits, and ends in the other order', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('web', 'stays.sh', { priority: 1, depends_on: 'db=healthy,migrate' }),
      sandbox.program('db', 'stays.sh', { health: `interval=100ms,${whileMissing('open')}` }),
      oneshot(sandbox, 'migrate', { keys: 'depends_on=db=started' }),
    );
    await sandbox.start();
    const waiting = await sandbox.reachProcess('web', 'BACKOFF');
    expect(waiting.description).toMatch(/^waits for db to be healthy: /);
    const early = await until(
      'what the check found',
      async () => {
        const answer = await readyz(sandbox);
        return JSON.stringify(answer.body).includes('no open') ? answer : null;
      },
      DEADLINE,
    );
    expect(early).toMatchObject({ status: 503, body: { ready: false } });
    const ready = sandbox.tsvisor(['status', '--wait', '--timeout', '30']);
    const started = await sandbox.tsvisor(['start', 'web']);
    expect(started.stdout + started.stderr).toContain('web');
    sandbox.touch('open');
    const said = await ready;
    expect([said.code, said.stderr]).toEqual([0, '']);
    expect(said.stdout).toMatch(/migrate +EXITED[^]*completed/);
    expect(await readyz(sandbox)).toEqual({ status: 200, body: { ready: true, waiting: [] } });
    await sandbox.tsvisor(['stop']);
    const journal = sandbox.journal();
    expect(journal.indexOf('waiting for web to stop')).toBeGreaterThan(0);
    expect(journal.indexOf('waiting for web to stop')).toBeLessThan(
      journal.indexOf('waiting for db to stop'),
    );
  });

  test('remembers over a kill of the supervisor that a oneshot has completed', async () => {
    const sandbox = openSandbox();
    sandbox.write(oneshot(sandbox, 'migrate'), sandbox.program('web', 'stays.sh', { depends_on: 'migrate' }));
    await sandbox.start();
    await sandbox.reach('RUNNING', 'web');
    const { supervisor } = await sandbox.status();
    kill(supervisor.pid);
    await until(
      'web running again',
      async () => {
        const reply = await sandbox.status().catch(() => null);
        const web = reply?.processes.find(({ name }) => name === 'web');
        return reply !== null && reply.supervisor.pid !== supervisor.pid && web?.state === 'RUNNING';
      },
      DEADLINE,
    );
    expect(sandbox.read('order')).toBe('migrate\n');
  });

  test('restarts what says so with what it depends on, whatever ended that, and also when a changed config does', async () => {
    const sandbox = openSandbox();
    const write = (priority: number): void =>
      sandbox.write(
        sandbox.program('db', 'stays.sh', { environment: `P=${priority}` }),
        sandbox.program('web', 'stays.sh', { depends_on: 'db restart=true' }),
        sandbox.program('other', 'stays.sh', { depends_on: 'db' }),
      );
    write(1);
    await sandbox.start();
    const pids = async (): Promise<Readonly<Record<string, number>>> =>
      Object.fromEntries((await sandbox.status()).processes.map(({ name, pid }) => [name, pid]));
    const renewed = (before: Readonly<Record<string, number>>) =>
      until(
        'db and web to have other leaders',
        async () => {
          const now = await pids();
          const isNew = (name: string): boolean => now[name] !== 0 && now[name] !== before[name];
          return isNew('db') && isNew('web') ? now : null;
        },
        DEADLINE,
      );
    await sandbox.reach('RUNNING', 'web');
    await sandbox.reach('RUNNING', 'other');
    const first = await pids();
    kill(first['db'] ?? 0);
    const second = await renewed(first);
    write(2);
    expect((await sandbox.tsvisor(['apply'])).stdout).toBe('db: restarted (environment changed)');
    const third = await renewed(second);
    expect([second['other'], third['other']]).toEqual([first['other'], first['other']]);
    expect(sandbox.journal()).toContain('restarting web: db was started anew');
    await sandbox.tsvisor(['stop']);
  });

  test('does not start what waits for a oneshot that has failed for good, and says why', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      oneshot(sandbox, 'migrate', { command: 'exit 3', keys: 'startretries=0' }),
      sandbox.program('web', 'stays.sh', { depends_on: 'migrate' }),
    );
    await sandbox.start();
    await sandbox.reach('FATAL', 'migrate');
    const { description } = await sandbox.process('web');
    expect(description).toBe('waits for migrate to complete: it is FATAL (exit status 3, attempt 1)');
    const said = await sandbox.tsvisor(['status', '--wait']);
    expect(said.code).toBe(7);
    expect(said.stderr).toContain('exit status 3');
    expect(sandbox.diary('leader')).toEqual([]);
  });

  test('a circle is a mistake in the config, with its place and written out', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('a', 'stays.sh', { depends_on: 'b' }),
      sandbox.program('b', 'stays.sh', { depends_on: 'a' }),
    );
    const { code, stdout, stderr } = await sandbox.tsvisor(['check']);
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(/supervisord\.conf:\d+.*it waits for itself: a → b → a/);
  });
});

describe('health', () => {
  test('an unhealthy program is killed and started again, and its last death says why', async () => {
    const sandbox = openSandbox();
    sandbox.touch('open');
    const health = `interval=100ms,grace=1s,retries=2,on_unhealthy=restart,${whileMissing('open')}`;
    sandbox.write(sandbox.program('app', 'stays.sh', { health, stopwaitsecs: 1 }));
    await sandbox.start();
    expect((await sandbox.tsvisor(['wait', 'app', '--for', 'healthy', '--timeout', '30'])).code).toBe(0);
    const { pid } = await sandbox.process('app');
    rmSync(sandbox.path('open'));
    await until('a second life', () => sandbox.diary('leader').length >= 2, DEADLINE);
    sandbox.touch('open');
    const app = await until(
      'the second life healthy',
      async () => {
        const now = await sandbox.process('app');
        return now.pid !== pid && now.readiness?.health === 'healthy' ? now : null;
      },
      DEADLINE,
    );
    expect(app.lastDeath).toMatchObject({ reason: 'unhealthy', exit: { signal: 'SIGKILL' } });
    expect(app.lastDeath?.verdict?.because).toBe(
      '2 checks in a row failed, the last: it ended with status 1: no open',
    );
    expect(app.readiness).toEqual({ ready: null, health: 'healthy', text: null });
  });

  test('a rolling restart leaves the rest alone when one does not become healthy', async () => {
    const sandbox = openSandbox();
    const names = ['web_0', 'web_1', 'web_2'];
    for (const name of names) sandbox.touch(`open-${name}`);
    sandbox.write(
      sandbox.program('web', 'stays.sh', {
        numprocs: 3,
        process_name: 'web_%(process_num)d',
        health: `interval=100ms,${whileMissing('open-web_%(process_num)d')}`,
      }),
    );
    await sandbox.start();
    const pids = (): Promise<readonly number[]> =>
      Promise.all(names.map(async (name) => (await sandbox.process(`web:${name}`)).pid));
    expect((await sandbox.tsvisor(['wait', 'web:*', '--for', 'healthy', '--timeout', '30'])).code).toBe(0);
    const before = await pids();
    rmSync(sandbox.path('open-web_1'));
    const said = await sandbox.tsvisor(['restart', '--rolling', 'web:*', '--timeout', '3']);
    expect(said).toMatchObject({
      code: 124,
      stdout: 'web:web_0: started\nweb:web_1: started\nnot restarted: web:web_2',
    });
    expect(said.stderr).toContain('cannot see web:web_1 healthy');
    const after = await pids();
    expect(after.map((pid, at) => pid === before[at])).toEqual([false, false, true]);
  });

  test('a line that matches makes it healthy, and apply begins and ends checks while it runs', async () => {
    const sandbox = openSandbox();
    const talks = (health: string): string =>
      `[program:app]\ndirectory=${sandbox.folder}\nstdout_logfile=${sandbox.path('app.log')}\nredirect_stderr=true\n` +
      `command=/bin/sh -c "until test -e speak; do sleep 0.05; done; echo now listening on 80; exec sleep 100000"\n${health}`;
    sandbox.write(talks('health=log=listening on [0-9]+$\n'));
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    expect((await sandbox.process('app')).readiness?.health).toBe('unknown');
    sandbox.touch('speak');
    expect((await sandbox.tsvisor(['wait', 'app', '--for', 'healthy', '--timeout', '30'])).code).toBe(0);
    const { pid } = await sandbox.process('app');
    sandbox.write(talks(`health=interval=100ms,exec=/bin/true\nstopwaitsecs=3\n`));
    await sandbox.tsvisor(['apply']);
    await sandbox.tsvisor(['wait', 'app', '--for', 'healthy', '--timeout', '30']);
    const restarted = (await sandbox.process('app')).pid;
    expect(restarted).not.toBe(pid);
    sandbox.write(talks('stopwaitsecs=3\n'));
    await sandbox.tsvisor(['apply']);
    const app = await sandbox.process('app');
    expect([app.pid, app.readiness?.health ?? null]).toEqual([restarted, null]);
  });

  test.skipIf(!isRoot)(
    'a command runs as the user of its program, in its directory, with the score of programs',
    async () => {
      const sandbox = openSandbox();
      // Ends only when it has the score of a program, which it gets right after its start.
      const command =
        '/bin/sh -c "until cmp -s /proc/$$/oom_score_adj /proc/$TSVISOR_PID/oom_score_adj; do sleep 0.01; done; (id -u; pwd; echo $TSVISOR_PROCESS) >seen"';
      sandbox.write(sandbox.program('app', 'stays.sh', { user: 'nobody', health: `exec=${command}` }));
      await sandbox.start();
      const said = await sandbox.tsvisor(['wait', 'app', '--for', 'healthy', '--timeout', '30']);
      expect([said.code, said.stderr]).toEqual([0, '']);
      expect(sandbox.read('seen')).toBe(`65534\n${sandbox.folder}\napp\n`);
    },
  );
});

describe('schedule', () => {
  test('starts a program by the clock, again and again, and says when it is next', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      oneshot(sandbox, 'tick', { keys: 'schedule=* * * * * *' }),
      oneshot(sandbox, 'slow', { command: 'sleep 100000', keys: 'schedule=* * * * * *\nstopwaitsecs=1' }),
      oneshot(sandbox, 'yearly', { keys: 'schedule=0 0 1 1 *' }),
    );
    await sandbox.start();
    const runs = (name: string): number =>
      sandbox
        .read('order')
        .split('\n')
        .filter((line) => line === name).length;
    await until('three runs', () => runs('tick') >= 3, DEADLINE);
    await until(
      'a skipped run',
      () => /schedule: slow: .* is skipped: the last one goes on/.test(sandbox.journal()),
      DEADLINE,
    );
    expect([runs('slow'), runs('yearly')]).toEqual([1, 0]);
    const yearly = await sandbox.process('yearly');
    expect(yearly).toMatchObject({ state: 'STOPPED', duty: { type: 'oneshot', completed: false } });
    expect(new Date((yearly.duty?.nextRun ?? 0) * 1000)).toEqual(
      new Date(new Date().getFullYear() + 1, 0, 1),
    );
    expect((await sandbox.tsvisor(['status', 'yearly'])).code).toBe(0);
  });
});
