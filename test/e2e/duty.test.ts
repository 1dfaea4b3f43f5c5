// Programs that wait for others, do their work once, are looked after, and start by the clock: end to end.

import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { isRoot } from './abilities.ts';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';
import { kill } from './witness.ts';

const PATIENCE = { within: 30_000, every: 20 };

/** Fails as long as the lodging has no file of that name. */
const whileMissing = (name: string): string => `exec=/bin/sh -c "echo no ${name}; exec test -e ${name}"`;

const oneshot = (lodging: Lodging, name: string, { command = 'exit 0', keys = '' } = {}): string =>
  `[program:${name}]\ntype=oneshot\ndirectory=${lodging.folder}\nstdout_logfile=NONE\nstderr_logfile=NONE\n` +
  `command=/bin/sh -c "echo ${name} >>order; ${command}"\n${keys}\n`;

const readyz = (lodging: Lodging): Promise<{ status: number; body: unknown }> =>
  new Promise((resolve, reject) => {
    request({ socketPath: lodging.path('run/tsvisor.sock'), path: '/readyz', agent: false }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    })
      .on('error', reject)
      .end();
  });

describe('depends_on', () => {
  test('starts in the order of readiness, tells who waits, and ends in the other order', async () => {
    const lodging = lodge();
    lodging.write(
      lodging.program('web', 'stays.sh', { priority: 1, depends_on: 'db=healthy,migrate' }),
      lodging.program('db', 'stays.sh', { health: `interval=100ms,${whileMissing('open')}` }),
      oneshot(lodging, 'migrate', { keys: 'depends_on=db=started' }),
    );
    await lodging.start();
    const waiting = await lodging.reachProcess('web', 'BACKOFF');
    expect(waiting.description).toMatch(/^waits for db to be healthy: /);
    const early = await until(
      'what the check found',
      async () => {
        const answer = await readyz(lodging);
        return JSON.stringify(answer.body).includes('no open') ? answer : null;
      },
      PATIENCE,
    );
    expect(early).toMatchObject({ status: 503, body: { ready: false } });
    const ready = lodging.tsvisor(['status', '--wait', '--timeout', '30']);
    const started = await lodging.tsvisor(['start', 'web']);
    expect(started.stdout + started.stderr).toContain('web');
    lodging.touch('open');
    const said = await ready;
    expect([said.code, said.stderr]).toEqual([0, '']);
    expect(said.stdout).toMatch(/migrate +EXITED[^]*completed/);
    expect(await readyz(lodging)).toEqual({ status: 200, body: { ready: true, waiting: [] } });
    await lodging.tsvisor(['stop']);
    const journal = lodging.journal();
    expect(journal.indexOf('waiting for web to stop')).toBeGreaterThan(0);
    expect(journal.indexOf('waiting for web to stop')).toBeLessThan(
      journal.indexOf('waiting for db to stop'),
    );
  });

  test('remembers over a kill of the supervisor that a oneshot has completed', async () => {
    const lodging = lodge();
    lodging.write(oneshot(lodging, 'migrate'), lodging.program('web', 'stays.sh', { depends_on: 'migrate' }));
    await lodging.start();
    await lodging.reach('RUNNING', 'web');
    const { supervisor } = await lodging.status();
    kill(supervisor.pid);
    await until(
      'web running again',
      async () => {
        const reply = await lodging.status().catch(() => null);
        const web = reply?.processes.find(({ name }) => name === 'web');
        return reply !== null && reply.supervisor.pid !== supervisor.pid && web?.state === 'RUNNING';
      },
      PATIENCE,
    );
    expect(lodging.read('order')).toBe('migrate\n');
  });

  test('does not start what waits for a oneshot that has failed for good, and says why', async () => {
    const lodging = lodge();
    lodging.write(
      oneshot(lodging, 'migrate', { command: 'exit 3', keys: 'startretries=0' }),
      lodging.program('web', 'stays.sh', { depends_on: 'migrate' }),
    );
    await lodging.start();
    await lodging.reach('FATAL', 'migrate');
    const { description } = await lodging.process('web');
    expect(description).toBe('waits for migrate to complete: it is FATAL (exit status 3, attempt 1)');
    const said = await lodging.tsvisor(['status', '--wait']);
    expect(said.code).toBe(7);
    expect(said.stderr).toContain('exit status 3');
    expect(lodging.diary('leader')).toEqual([]);
  });

  test('a circle is a mistake in the config, with its place and written out', async () => {
    const lodging = lodge();
    lodging.write(
      lodging.program('a', 'stays.sh', { depends_on: 'b' }),
      lodging.program('b', 'stays.sh', { depends_on: 'a' }),
    );
    const { code, stdout, stderr } = await lodging.tsvisor(['check']);
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(/supervisord\.conf:\d+.*it waits for itself: a → b → a/);
  });
});

describe('health', () => {
  test('an unhealthy program is killed and started again, and its last death says why', async () => {
    const lodging = lodge();
    lodging.touch('open');
    const health = `interval=100ms,grace=1s,retries=2,on_unhealthy=restart,${whileMissing('open')}`;
    lodging.write(lodging.program('app', 'stays.sh', { health, stopwaitsecs: 1 }));
    await lodging.start();
    expect((await lodging.tsvisor(['wait', 'app', '--for', 'healthy', '--timeout', '30'])).code).toBe(0);
    const { pid } = await lodging.process('app');
    rmSync(lodging.path('open'));
    await until('a second life', () => lodging.diary('leader').length >= 2, PATIENCE);
    lodging.touch('open');
    const app = await until(
      'the second life healthy',
      async () => {
        const now = await lodging.process('app');
        return now.pid !== pid && now.readiness?.health === 'healthy' ? now : null;
      },
      PATIENCE,
    );
    expect(app.lastDeath).toMatchObject({ reason: 'unhealthy', exit: { signal: 'SIGKILL' } });
    expect(app.lastDeath?.verdict?.because).toBe(
      '2 checks in a row failed, the last: it ended with status 1: no open',
    );
    expect(app.readiness).toEqual({ ready: null, health: 'healthy', text: null });
  });

  test('a line that matches makes it healthy, and apply begins and ends checks while it runs', async () => {
    const lodging = lodge();
    const talks = (health: string): string =>
      `[program:app]\ndirectory=${lodging.folder}\nstdout_logfile=${lodging.path('app.log')}\nredirect_stderr=true\n` +
      `command=/bin/sh -c "until test -e speak; do sleep 0.05; done; echo now listening on 80; exec sleep 100000"\n${health}`;
    lodging.write(talks('health=log=listening on [0-9]+$\n'));
    await lodging.start();
    await lodging.reach('RUNNING', 'app');
    expect((await lodging.process('app')).readiness?.health).toBe('unknown');
    lodging.touch('speak');
    expect((await lodging.tsvisor(['wait', 'app', '--for', 'healthy', '--timeout', '30'])).code).toBe(0);
    const { pid } = await lodging.process('app');
    lodging.write(talks(`health=interval=100ms,exec=/bin/true\nstopwaitsecs=3\n`));
    await lodging.tsvisor(['apply']);
    await lodging.tsvisor(['wait', 'app', '--for', 'healthy', '--timeout', '30']);
    const restarted = (await lodging.process('app')).pid;
    expect(restarted).not.toBe(pid);
    lodging.write(talks('stopwaitsecs=3\n'));
    await lodging.tsvisor(['apply']);
    const app = await lodging.process('app');
    expect([app.pid, app.readiness?.health ?? null]).toEqual([restarted, null]);
  });

  test.skipIf(!isRoot)(
    'a command runs as the user of its program, in its directory, with the score of programs',
    async () => {
      const lodging = lodge();
      // Ends only when it has the score of a program, which it gets right after its start.
      const command =
        '/bin/sh -c "until cmp -s /proc/$$/oom_score_adj /proc/$TSVISOR_PID/oom_score_adj; do sleep 0.01; done; (id -u; pwd; echo $TSVISOR_PROCESS) >seen"';
      lodging.write(lodging.program('app', 'stays.sh', { user: 'nobody', health: `exec=${command}` }));
      await lodging.start();
      const said = await lodging.tsvisor(['wait', 'app', '--for', 'healthy', '--timeout', '30']);
      expect([said.code, said.stderr]).toEqual([0, '']);
      expect(lodging.read('seen')).toBe(`65534\n${lodging.folder}\napp\n`);
    },
  );
});

describe('schedule', () => {
  test('starts a program by the clock, again and again, and says when it is next', async () => {
    const lodging = lodge();
    lodging.write(
      oneshot(lodging, 'tick', { keys: 'schedule=* * * * * *' }),
      oneshot(lodging, 'slow', { command: 'sleep 100000', keys: 'schedule=* * * * * *\nstopwaitsecs=1' }),
      oneshot(lodging, 'yearly', { keys: 'schedule=0 0 1 1 *' }),
    );
    await lodging.start();
    const runs = (name: string): number =>
      lodging
        .read('order')
        .split('\n')
        .filter((line) => line === name).length;
    await until('three runs', () => runs('tick') >= 3, PATIENCE);
    await until(
      'a skipped run',
      () => /schedule: slow: .* is skipped: the last one goes on/.test(lodging.journal()),
      PATIENCE,
    );
    expect([runs('slow'), runs('yearly')]).toEqual([1, 0]);
    const yearly = await lodging.process('yearly');
    expect(yearly).toMatchObject({ state: 'STOPPED', duty: { type: 'oneshot', completed: false } });
    expect(new Date((yearly.duty?.nextRun ?? 0) * 1000)).toEqual(
      new Date(new Date().getFullYear() + 1, 0, 1),
    );
    expect((await lodging.tsvisor(['status', 'yearly'])).code).toBe(0);
  });
});
