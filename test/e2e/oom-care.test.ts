// Limits that need no cgroup, a gate, restarts of their own, and what programs are told: end to end.

import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { openSandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { environment } from './processes.ts';

const HOG = 'grows.sh';

describe('memory_limit_watch', () => {
  test('signals above the soft limit and restarts above the hard one', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', HOG, { memory_limit_watch: 'soft=20M,hard=60M,signal=USR1', stopwaitsecs: 5 }),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    sandbox.touch('small');
    await until('the signal', () => sandbox.read('tale').includes('signalled'), { within: 20_000 });
    expect(sandbox.diary('leader')).toHaveLength(1);
    sandbox.touch('large');
    await until('a second life', () => sandbox.diary('leader').length === 2, { within: 20_000 });
    expect(sandbox.journal()).toMatch(/memory: app: it uses \d+ MB, above the soft limit of 20 MB.*SIGUSR1/);
    expect(sandbox.journal()).toMatch(/above the hard limit of 60 MB.*it is restarted/);
    expect((await sandbox.reachProcess('app', 'RUNNING')).lastDeath?.verdict).toMatchObject({ oom: 'no' });
  });
});

describe('start_when', () => {
  test('keeps a process waiting, and status says for what', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', 'stays.sh', { start_when: 'memory_available=999T' }),
      sandbox.program('free', 'stays.sh'),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING', 'free');
    const waiting = await sandbox.reachProcess('app', 'BACKOFF');
    expect(waiting.description).toMatch(/waits for memory: \d+ MB available, start_when asks for/);
    const said = await sandbox.tsvisor(['stop', 'app']);
    expect(said.code).toBe(0);
    await sandbox.reach('STOPPED', 'app');
    expect(sandbox.diary('leader')).toHaveLength(1);
  });
});

describe('memory pressure', () => {
  test('can be watched by a program where it is told to, unless it is not to be told', async ({ skip }) => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', 'stays.sh'),
      sandbox.program('deaf', 'stays.sh', { memory_pressure_watch: 'false' }),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING');
    const told = environment((await sandbox.process('app')).pid, 'MEMORY_PRESSURE_WATCH');
    expect(environment((await sandbox.process('deaf')).pid, 'MEMORY_PRESSURE_WATCH')).toBeNull();
    skip(told === null, 'no cgroup here tells its pressure');
    expect(readFileSync(told ?? '', 'utf8')).toMatch(/^some avg10=/);
    const { pid } = await sandbox.process('app');
    const trigger = Buffer.from(environment(pid, 'MEMORY_PRESSURE_WRITE') ?? '', 'base64').toString();
    expect(trigger).toBe('some 200000 2000000\0');
  });
});

describe('a runtime at its own limit', () => {
  test('is told apart from the OOM killer by its last words', async () => {
    const sandbox = openSandbox();
    const node = `${process.execPath} --max-old-space-size=12 -e "const a=[];for(;;)a.push(new Array(1000).fill(1.5))"`;
    sandbox.write(
      `[program:heap]\ncommand=${node}\nstartsecs=0\nautorestart=false\nstderr_logfile=${sandbox.path('err')}\nstdout_logfile=NONE\n`,
    );
    await sandbox.start();
    const { lastDeath } = await sandbox.reachProcess('heap', 'EXITED');
    expect(lastDeath?.verdict).toMatchObject({ oom: 'no', cause: 'runtime-heap' });
    expect(lastDeath?.verdict?.because).toMatch(/V8.*heap/);
  });
});

describe.skipIf(!canLimitMemory)('where memory cgroups can be made', () => {
  test('oom_restart delays the restart and gives up after too many kills', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', 'eats-at-once.sh', {
        memory_max: '32MB',
        oom_restart: 'delay=200ms,jitter=0,max_per_window=1/10m,then=stop',
      }),
    );
    await sandbox.start();
    const { spawnError, restarts } = await sandbox.reachProcess('app', 'FATAL');
    expect(spawnError).toMatch(/killed for memory 2 times in 600 s.*own limit of 32 MB/);
    expect(restarts).toBe(1);
    expect(sandbox.journal()).toMatch(/delayed: app is started in 0\.2 s: killed for memory/);
  });

  test('memory that stays charged while nobody is there is told at the third kill in a row', async () => {
    const sandbox = openSandbox();
    const file = `/dev/shm/tsvisor-e2e-${process.pid}`;
    onTestFinished(() => rmSync(file, { force: true }));
    sandbox.write(
      sandbox.program('app', `leaves-a-file-on-tmpfs.sh ${file}`, {
        memory_max: '48MB',
        oom_restart: 'delay=0,max_per_window=2/10m,then=stop',
      }),
    );
    await sandbox.start();
    const { lastDeath } = await sandbox.reachProcess('app', 'FATAL');
    expect(sandbox.diary('leader')).toHaveLength(3);
    expect(lastDeath?.verdict?.because).toMatch(
      /kill 3 in a row, and this life began with 2\d MB of 48 MB charged .* tmpfs/,
    );
  });

  test('a limit of the group holds for its processes together', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', 'eats-memory.sh', { oom_score_adj: 300 }),
      '[group:team]\nprograms=app\ngroup_memory_max=48MB\n',
    );
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    sandbox.touch('eat');
    await until('a second life', () => sandbox.diary('leader').length === 2);
    const { lastDeath } = await sandbox.process('app');
    expect(lastDeath?.verdict).toMatchObject({ oom: 'certain', cause: 'outer-limit' });
    expect(lastDeath?.verdict?.because).toMatch(/limit of \S*\/team/);
  });
});
