// Does a config become the plan it describes?

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/config/load.ts';
import type { Plan } from '../../src/model/plan.ts';
import { makeFolder, onlyProcess, planOf, problemsOf, processesIn } from './sandbox.ts';
import { PLAIN_LOGGING } from '../model/process-plan.ts';

const everything = async (): Promise<{ plan: Plan; here: string }> => {
  const here = makeFolder({});
  cpSync('test/config/fixtures/everything.conf', join(here, 'everything.conf'));
  const resolved = await loadPlan(join(here, 'everything.conf'), { env: {}, cwd: here });
  if (resolved.plan === null) throw new Error(JSON.stringify(resolved.problems));
  return { plan: resolved.plan, here };
};

const program = (body: string): string => `[supervisord]\n[program:a]\ncommand=/bin/a\n${body}`;

describe('a file with everything', () => {
  test('gives the supervisor its settings, with absolute paths', async () => {
    const { plan, here } = await everything();
    expect(plan.supervisor).toMatchObject({
      identifier: 'everything',
      logfile: `${here}/main.log`,
      logfileMaxBytes: 1_048_576,
      pidfile: `${here}/main.pid`,
      umask: 0o27,
      minfds: 2048,
      minprocs: 200,
      cwd: here,
      environment: { SHARED: 'yes', HOME_OF: here },
      serverurl: `unix://${here}/supervisor.sock`,
    });
  });

  test('lists its servers', async () => {
    const { plan, here } = await everything();
    expect(plan.supervisor.unixServers).toMatchObject([
      {
        name: null,
        path: `${here}/supervisor.sock`,
        mode: 0o770,
        owner: { uid: 0, gid: 0 },
        username: 'admin',
      },
    ]);
    expect(plan.supervisor.inetServers).toMatchObject([
      { name: null, host: '127.0.0.1', port: 9001 },
      { name: 'second', host: '', port: 9002 },
    ]);
  });

  test('orders groups by priority, listeners first', async () => {
    const { plan } = await everything();
    expect(plan.groups.map(({ name, kind, priority }) => [name, kind, priority])).toEqual([
      ['ears', 'eventlistener', -1],
      ['team', 'group', 5],
      ['alone', 'program', 900],
      ['fast', 'fcgi-program', 999],
    ]);
  });

  test('keeps the members of a group in the order written, each with its numbers', async () => {
    const { plan } = await everything();
    const [, team] = plan.groups;
    expect(team?.processes.map(({ name }) => name)).toEqual(['worker_09', 'worker_10', 'worker_11', 'web']);
    expect(team?.processes[0]).toMatchObject({
      command: '/bin/worker --number 9 of 3 --group team',
      stdout: { kind: 'file', path: '/tmp/worker-9.log' },
      environment: { NUMBER: '9', SHARED: 'no' },
    });
  });

  test('knows [supervisord] environment as ENV_ in programs', async () => {
    const { plan } = await everything();
    expect(processesIn(plan).find(({ name }) => name === 'web')).toMatchObject({
      command: '/bin/web yes',
      autorestart: 'always',
      stopsignal: 'SIGQUIT',
      stopasgroup: true,
      killasgroup: true,
      stderr: { kind: 'none' },
    });
  });

  test("gives members their group's own keys where they do not say otherwise", async () => {
    const { plan } = await everything();
    const [worker, web] = [plan.groups[1]?.processes[0], plan.groups[1]?.processes[3]];
    expect(worker).toMatchObject({ onOom: 'restart-group', oomScoreAdj: { kind: 'relative', value: 100 } });
    expect(web).toMatchObject({ onOom: 'restart-group', oomScoreAdj: { kind: 'absolute', value: -500 } });
  });

  test('describes listeners and sockets', async () => {
    const { plan } = await everything();
    expect(plan.groups[0]).toMatchObject({
      listener: { events: ['TICK_5', 'PROCESS_STATE'], bufferSize: 10 },
    });
    expect(plan.groups[3]).toMatchObject({
      socket: { url: 'tcp://localhost:9000', backlog: null, mode: null },
    });
  });
});

describe('defaults', () => {
  test("are supervisord's, and tsvisor's for its own keys", async () => {
    expect(onlyProcess(await planOf(program('')))).toMatchObject({
      kind: 'program',
      group: 'a',
      name: 'a',
      directory: null,
      umask: null,
      user: null,
      priority: 999,
      autostart: true,
      autorestart: 'unexpected',
      startsecs: 1,
      startretries: 3,
      exitcodes: [0],
      stopsignal: 'SIGTERM',
      stopwaitsecs: 10,
      stopasgroup: false,
      killasgroup: false,
      redirectStderr: false,
      stdout: { kind: 'auto', maxBytes: 52_428_800, backups: 10 },
      environment: {},
      serverurl: null,
      oomScoreAdj: { kind: 'auto' },
      oomScoreAdjRequired: false,
      onOom: 'restart',
      survivors: 'kill',
      memoryMax: null,
      memoryHigh: null,
      containment: 'auto',
      fastDeathSecs: 10,
      restartDelayMax: 30,
      logging: PLAIN_LOGGING,
    });
  });

  test('of [DEFAULT] reach every section', async () => {
    const plan = await planOf(`[DEFAULT]\nstartsecs=7\n${program('')}`);
    expect(onlyProcess(plan).startsecs).toBe(7);
  });
});

describe('logs', () => {
  test('keep what the file says beside the absolute path', async () => {
    const process = onlyProcess(
      await planOf(program('stdout_logfile=a.log\nstderr_logfile=/tmp/../tmp/e.log'), { cwd: '/tmp' }),
    );
    expect(process.stdout).toMatchObject({ path: '/tmp/a.log', written: 'a.log' });
    expect(process.stderr).toMatchObject({ path: '/tmp/e.log', written: '/tmp/../tmp/e.log' });
  });

  test('stand in the directory of a daemon, as supervisord goes there', async () => {
    const text = program('stdout_logfile=a.log').replace('[supervisord]', '[supervisord]\ndirectory=/usr');
    expect(onlyProcess(await planOf(text)).stdout).toMatchObject({ path: '/usr/a.log' });
    const foreground = text.replace('directory', 'nodaemon=1\ndirectory');
    expect(onlyProcess(await planOf(foreground, { cwd: '/tmp' })).stdout).toMatchObject({
      path: '/tmp/a.log',
    });
  });

  test('are expanded twice in ini', async () => {
    expect(onlyProcess(await planOf(program('stdout_logfile=/tmp/100%%%%'))).stdout).toMatchObject({
      path: '/tmp/100%',
    });
    expect(await problemsOf(program('stdout_logfile=/tmp/100%%'))).toHaveLength(1);
  });
});

describe('names', () => {
  test.each(['a b', 'a:b', 'a/b'])('with a blank, colon or slash are refused: %j', async (name) => {
    expect(await problemsOf(`[supervisord]\n[program:${name}]\ncommand=x`)).toHaveLength(1);
  });

  test('of several processes need process_num', async () => {
    expect(await problemsOf(program('numprocs=2'))).toEqual([
      '2: process_name: cannot use [program:a]: numprocs is above 1 and every process would have the same name',
    ]);
  });

  test('sort as text: a_10 before a_2', async () => {
    const plan = await planOf(program('numprocs=3\nnumprocs_start=9\nprocess_name=a_%(process_num)d'));
    expect(processesIn(plan).map(({ name }) => name)).toEqual(['a_10', 'a_11', 'a_9']);
  });

  test('that come twice run once, with a warning', async () => {
    const folder = makeFolder({
      'x.conf':
        '[supervisord]\n[group:g]\nprograms=a,a\n[program:a]\ncommand=x\n[group:a]\n[program:b]\ncommand=y',
    });
    const resolved = await loadPlan(join(folder, 'x.conf'), { env: {} });
    expect(resolved.plan?.groups.find(({ name }) => name === 'g')?.processes).toHaveLength(1);
    expect(resolved).toMatchObject({
      warnings: [{ message: "several processes of group 'g' have one name, the last runs" }],
    });
  });
});

describe('problems', () => {
  test('come all at once, with line, key and hint', async () => {
    const text = program(
      'startsecs=soon\nautostart=maybe\nuser=nobody-of-this-name\nstdout_logfile=/no/such/folder/x',
    );
    expect(await problemsOf(text)).toEqual([
      "4: startsecs: cannot use [program:a]: 'soon' is not a whole number",
      "5: autostart: cannot use [program:a]: 'maybe' is not a boolean",
      "6: user: cannot use [program:a]: no user is called 'nobody-of-this-name'",
      "7: stdout_logfile: cannot use [program:a]: the directory '/no/such/folder' does not exist",
    ]);
  });

  test('come once for all processes of a program', async () => {
    const text = program('numprocs=50\nprocess_name=a%(process_num)d\nstdout_logfile_backups=many');
    expect(await problemsOf(text)).toHaveLength(1);
  });

  test.each([
    ['[other]\nk=v', 'neither a [supervisord] section nor a program'],
    ['', 'neither a [supervisord] section nor a program'],
    ['[supervisord]\n[program:a]', 'it has no command'],
    ['[supervisord]\n[group:g]\nprograms=z', "there is no program 'z'"],
    ['[supervisord]\n[group:g]\nprograms=a,\n[program:a]\ncommand=x', "there is no program ''"],
    [
      '[supervisord]\n[group:g]\nprograms=a\n[program:a]\ncommand=x\n[fcgi-program:a]\ncommand=x\nsocket=tcp://a:1',
      'both a program and an fcgi-program',
    ],
    [program('stopasgroup=1\nkillasgroup=0'), 'goes with killasgroup=true'],
    [program('numprocs=20000\nprocess_name=%(process_num)d'), '20000 processes are too many'],
    [program('memory_max=lots'), "'lots' is not a size"],
    ['[supervisord]\n[eventlistener:e]\ncommand=x', 'it asks for no events'],
    ['[supervisord]\n[eventlistener:e]\ncommand=x\nevents=EVENT\nbuffer_size=0', '0 is too small'],
    [
      '[supervisord]\n[eventlistener:e]\ncommand=x\nevents=EVENT\nredirect_stderr=1',
      'stdout is the event protocol',
    ],
    ['[supervisord]\n[fcgi-program:f]\ncommand=x', 'it has no socket'],
    ['[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=unix://x', 'is not absolute'],
    ['[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=tcp://a:0', 'is not a socket'],
    [
      '[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=tcp://a:1\nsocket_mode=0700',
      'for unix sockets only',
    ],
    ['[supervisord]\n[unix_http_server]', 'it has no file'],
    ['[supervisord]\n[inet_http_server]', 'it has no port'],
    ['[supervisord]\n[inet_http_server]\nport=1\nusername=x', 'it has no password'],
    ['[supervisord]\n[rpcinterface:x]', 'it names no factory'],
    [
      '[supervisord]\n[rpcinterface:x]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:nope',
      'supervisord has no',
    ],
  ])('name the mistake in %j', async (text, reason) => {
    const [problem, ...rest] = await problemsOf(text);
    expect(problem).toContain(reason);
    expect(rest).toEqual([]);
  });

  test('of a Python plugin are a warning', async () => {
    const folder = makeFolder({
      'x.conf': '[supervisord]\n[rpcinterface:t]\nsupervisor.rpcinterface_factory=twiddler:make\nk=v',
    });
    const resolved = await loadPlan(join(folder, 'x.conf'), { env: {} });
    expect(resolved.plan?.supervisor.rpcInterfaces).toEqual([
      { name: 't', factory: 'twiddler:make', settings: { k: 'v' } },
    ]);
    expect(resolved).toMatchObject({
      warnings: [{ message: 'cannot load twiddler:make: it is a Python plugin' }],
    });
  });
});

describe('what differs from supervisord', () => {
  test('is that a warning comes once, not for every process', async () => {
    const text = program('numprocs=3\nprocess_name=a%(process_num)d\nstdout_logfile_maxbytes=0');
    const file = join(makeFolder({ 'x.conf': text }), 'x.conf');
    const resolved = await loadPlan(file, { env: {} });
    expect(resolved).toMatchObject({
      warnings: [
        { line: 2, verbatim: true, message: expect.stringContaining('AUTO logging used for stdout_logfile') },
      ],
    });
    expect(resolved).toHaveProperty('warnings.length', 1);
  });

  test('is that a file of programs runs without a [supervisord] section, with a warning', async () => {
    const folder = makeFolder({ 'x.conf': '[group:g]\nprograms=a\n[program:a]\ncommand=x' });
    const resolved = await loadPlan(join(folder, 'x.conf'), { env: {} });
    expect(resolved.plan?.groups.map(({ name }) => name)).toEqual(['g']);
    expect(resolved).toMatchObject({
      warnings: [{ message: 'it has no [supervisord] section: the defaults hold' }],
    });
  });

  test('is that listeners may ask for events of our own', async () => {
    const plan = await planOf('[supervisord]\n[eventlistener:e]\ncommand=x\nevents=TSVISOR_OOM_KILLED');
    expect(plan.groups[0]?.listener?.events).toEqual(['TSVISOR_OOM_KILLED']);
  });
});
