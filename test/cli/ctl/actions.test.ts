// Does `tsvisor ctl` ask, print and end as supervisorctl where a real server seldom comes: faults, strange servers, asking back?

import { describe, expect, test } from 'vitest';
import { Fault, info, openStage, result } from './played-server.ts';

describe('a fault', () => {
  test.each([
    ['start x', 'startProcess', 10, 'x: ERROR (no such process)', 1],
    ['start x', 'startProcess', 20, 'x: ERROR (no such file)', 1],
    ['start x', 'startProcess', 21, 'x: ERROR (file is not executable)', 1],
    ['start x', 'startProcess', 40, 'x: ERROR (abnormal termination)', 7],
    ['start x', 'startProcess', 50, 'x: ERROR (spawn error)', 7],
    ['start x', 'startProcess', 60, 'x: ERROR (already started)', 0],
    ['start x', 'startProcess', 30, "error: <class 'ValueError'>, Unknown result code 30 for x", 1],
    ['start g:*', 'startProcessGroup', 10, 'g: ERROR (no such group)', 2],
    ['start g:*', 'startProcessGroup', 6, "error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'WORDS'>", 1],
    ['start all', 'startAllProcesses', 6, "error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'WORDS'>", 1],
    ['stop x', 'stopProcess', 70, 'x: ERROR (not running)', 0],
    ['stop x', 'stopProcess', 30, 'WORDS', 1],
    ['stop g:*', 'stopProcessGroup', 10, 'g: ERROR (no such group)', 1],
    ['signal HUP x', 'signalProcess', 70, 'x: ERROR (not running)', 7],
    ['signal HUP x', 'signalProcess', 11, 'x: ERROR (bad signal name)', 1],
    ['signal HUP g:*', 'signalProcessGroup', 10, 'g: ERROR (no such group)', 1],
    ['clear x', 'clearProcessLogs', 30, 'x: ERROR (failed)', 1],
    ['clear g:*', 'clearProcessLogs', 10, 'g:None: ERROR (no such process)', 1],
    ['pid x', 'getProcessInfo', 10, 'No such process x', 1],
    ['tail x', 'readProcessStdoutLog', 20, 'x: ERROR (no log file)', 1],
    ['tail x stderr', 'readProcessStderrLog', 30, 'x: ERROR (unknown error reading log)', 1],
    ['tail x', 'readProcessStdoutLog', 10, 'x: ERROR (no such process name)', 1],
    ['maintail', 'readLog', 20, 'supervisord: ERROR (no log file)', 1],
    ['maintail', 'readLog', 30, 'supervisord: ERROR (unknown error reading log)', 1],
    ['avail', 'getAllConfigInfo', 6, 'ERROR: supervisor shutting down', 1],
    ['reread', 'reloadConfig', 6, 'ERROR: supervisor shutting down', 1],
    ['reread', 'reloadConfig', 92, 'ERROR: WORDS', 1],
    ['update', 'reloadConfig', 6, 'ERROR: already shutting down', 1],
    ['update', 'reloadConfig', 92, "error: <class 'xmlrpc.client.Fault'>, <Fault 92: 'WORDS'>", 1],
    ['add g', 'addProcessGroup', 6, 'ERROR: shutting down', 1],
    ['add g', 'addProcessGroup', 90, 'ERROR: process group already active', 0],
    ['add g', 'addProcessGroup', 10, 'ERROR: no such process/group: g', 1],
    ['remove g', 'removeProcessGroup', 91, 'ERROR: process/group still running: g', 1],
    ['remove g', 'removeProcessGroup', 10, 'ERROR: no such process/group: g', 1],
    ['shutdown', 'shutdown', 6, 'ERROR: already shutting down', 0],
    ['reload', 'restart', 6, 'ERROR: already shutting down', 1],
    ['fg x', 'getProcessInfo', 10, 'ERROR: bad process name supplied', 1],
  ])('of %s (%s, %d) reads: %s', async (...told) => {
    const [line, method, code, words, exit] = told;
    const { run } = await openStage({ [method]: new Fault(code) });
    expect(await run(line)).toEqual({ exit, out: words });
  });
});

describe('results of several processes', () => {
  test('are a line each, and the last failure is the exit status', async () => {
    const { run, asked } = await openStage({
      startProcessGroup: [result('g', 'a', 80), result('g', 'b', 50), result('g', 'c', 60)],
      stopAllProcesses: [result('g', 'a', 80), result('x', 'x', 30), result('g', 'c', 70)],
    });
    expect(await run('start g:*')).toEqual({
      exit: 7,
      out: 'g:a: started\ng:b: ERROR (spawn error)\ng:c: ERROR (already started)',
    });
    expect(await run('stop a all b')).toEqual({
      exit: 1,
      out: 'g:a: stopped\nDESCRIPTION\ng:c: ERROR (not running)',
    });
    expect(asked).toEqual(['startProcessGroup(g)', 'stopAllProcesses()']);
  });

  test('restart stops everything that is named before it starts any of it', async () => {
    const { run, asked } = await openStage({ stopProcess: true, startProcess: true });
    expect(await run('restart a g:b')).toEqual({
      exit: 0,
      out: 'a: stopped\ng:b: stopped\na: started\ng:b: started',
    });
    expect(asked).toEqual(['stopProcess(a)', 'stopProcess(g:b)', 'startProcess(a)', 'startProcess(g:b)']);
  });
});

describe('update', () => {
  const changes = { reloadConfig: [[['new', 'also'], ['changed'], ['old', 'stuck']]] };
  const groups = {
    ...changes,
    getAllProcessInfo: [info('changed', 'a'), info('old', 'b'), info('stuck', 'c')],
    stopProcessGroup: (group: unknown) => (group === 'stuck' ? [result('stuck', 'c', 30)] : []),
    removeProcessGroup: true,
    addProcessGroup: true,
  };

  test('removes, replaces and adds whole groups, and leaves one that does not stop', async () => {
    const { run, asked } = await openStage(groups);
    expect(await run('update')).toEqual({
      exit: 1,
      out: [
        'old: stopped',
        'old: removed process group',
        'stuck: stopped',
        'stuck: has problems; not removing',
        'changed: stopped',
        'changed: updated process group',
        'new: added process group',
        'also: added process group',
      ].join('\n'),
    });
    expect(asked).not.toContain('removeProcessGroup(stuck)');
  });

  test('touches only what is named', async () => {
    const { run, asked } = await openStage(groups);
    expect(await run('update also nope')).toEqual({
      exit: 1,
      out: 'ERROR: no such group: nope\nalso: added process group',
    });
    expect(asked).toEqual(['reloadConfig()', 'getAllProcessInfo()', 'addProcessGroup(also)']);
  });

  test('reread only tells, in the order of names', async () => {
    const { run } = await openStage(changes);
    expect((await run('reread')).out).toBe(
      'also: available\nchanged: changed\nnew: available\nold: disappeared\nstuck: disappeared',
    );
  });
});

describe('status', () => {
  test('widens the first column for a long name, and ends with 3 for a process at rest', async () => {
    const name = 'a-name-of-more-than-thirty-letters';
    const { run } = await openStage({
      getAllProcessInfo: [
        info(name, name),
        info('x', 'x', { state: 0, statename: 'STOPPED', description: '' }),
      ],
    });
    expect(await run('status')).toEqual({
      exit: 3,
      out: `${name}   RUNNING   pid 7, uptime 0:00:09\n${'x'.padEnd(name.length + 3)}STOPPED   `,
    });
  });

  test('says nothing of nothing', async () => {
    const { run } = await openStage({ getAllProcessInfo: [] });
    expect(await run('status')).toEqual({ exit: 0, out: '' });
  });
});

describe('a server', () => {
  test('of another version is refused with 5', async () => {
    const { run } = await openStage({ getVersion: '2.0' });
    const { exit, out } = await run('pid');
    expect(exit).toBe(5);
    expect(out).toContain('expects to talk to a server with API version 3.0, but the remote version is 2.0.');
  });

  test('without the supervisor namespace is refused with 3, for status with 4', async () => {
    const { run } = await openStage({ getVersion: new Fault(1) });
    expect((await run('version')).exit).toBe(3);
    expect(await run('status')).toMatchObject({
      exit: 4,
      out: expect.stringContaining('Sorry, supervisord responded'),
    });
  });

  test('that speaks something else is an error', async () => {
    const { run } = await openStage({}, { raw: '<html>hello</html>' });
    expect(await run('pid')).toMatchObject({ exit: 1, out: expect.stringContaining('error: <class') });
  });

  test('that is asked for without credentials says so, twice as supervisorctl does', async () => {
    const { run } = await openStage({}, { credentials: 'me:secret' });
    expect(await run('pid')).toEqual({
      exit: 1,
      out:
        'Server requires authentication\n' +
        "error: <class 'xmlrpc.client.ProtocolError'>, <ProtocolError for 127.0.0.1/RPC2: 401 Unauthorized>",
    });
  });

  test('that wants credentials gets them from whoever sits there, and the line is run again', async () => {
    const { run, input } = await openStage({ getPID: 42 }, { credentials: 'me:secret', interactive: true });
    input.write('me\nsecret\n');
    const { exit, out } = await run('pid');
    expect(exit).toBe(0);
    expect(out).toContain('Username:');
    expect(out).toContain('Password:');
    expect(out).not.toContain('secret');
    expect(out).toMatch(/\n42$/);
  });

  test('can be changed, and the exit status stays as it was', async () => {
    const { run, session } = await openStage({});
    const other = await openStage({ getAllProcessInfo: [info('x', 'x', { state: 200 })] });
    expect(await run(`open ${other.url}`)).toMatchObject({ exit: 0 });
    expect(session.target.url).toBe(other.url);
    expect(await run('open ftp://x')).toEqual({ exit: 1, out: 'ERROR: url must be http:// or unix://' });
  });
});

describe('shutdown and reload', () => {
  test('are not asked back when nobody sits there', async () => {
    const { run, asked } = await openStage({ shutdown: true, restart: true });
    expect(await run('shutdown', 'reload')).toEqual({ exit: 0, out: 'Shut down\nRestarted supervisord' });
    expect(asked).toEqual(['shutdown()', 'restart()']);
  });

  test.each([
    ['y', ['shutdown()']],
    ['Yes', ['shutdown()']],
    ['n', []],
    ['', []],
  ])('are asked back interactively: %j', async (answer, expected) => {
    const { run, asked, input } = await openStage({ shutdown: true }, { interactive: true });
    input.write(`${answer}\n`);
    const { out } = await run('shutdown');
    expect(out).toContain('Really shut the remote supervisord process down y/N? ');
    expect(asked).toEqual(expected);
  });

  test('are left when the input ends', async () => {
    const { run, asked, input } = await openStage({ restart: true }, { interactive: true });
    input.end();
    expect((await run('reload')).out).toContain("error: <class 'EOFError'>, EOF when reading a line");
    expect(asked).toEqual([]);
  });
});

describe('streams', () => {
  test('tail -f shows what comes until it is interrupted', async () => {
    const { run, out } = await openStage({}, { streams: { '/logtail/g:a/stderr': 'first words' } });
    const running = run('tail -f g:a stderr');
    await expect.poll(out).toContain('first words');
    process.emit('SIGINT');
    expect(await running).toEqual({ exit: 0, out: '==> Press Ctrl-C to exit <==\nfirst words\n' });
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  test('a stream that is refused is told of on stderr, with status 0', async () => {
    const { run, err, url } = await openStage({});
    expect(await run('maintail -f')).toEqual({ exit: 0, out: '==> Press Ctrl-C to exit <==' });
    expect(err()).toBe(`${url}/mainlogtail Cannot read, status code 404`);
  });

  test('fg sends lines and shows both streams until the process dies', async () => {
    let lives = 2;
    const { run, asked, input, out } = await openStage(
      {
        getProcessInfo: () => {
          lives -= 1;
          return info('x', 'x', { state: lives >= 0 ? 20 : 100 });
        },
        sendProcessStdin: true,
      },
      { streams: { '/logtail/x/stdout': 'OUT', '/logtail/x/stderr': 'ERR' } },
    );
    const running = run('fg x');
    await expect.poll(out).toMatch(/OUT[^]*ERR|ERR[^]*OUT/);
    input.write('one\ntwo\n');
    const told = await running;
    expect(told.exit).toBe(0);
    expect(told.out).toMatch(/Process got killed\nExiting foreground$/);
    expect(asked.filter((call) => call.startsWith('send'))).toEqual([
      'sendProcessStdin(x, one\n)',
      'sendProcessStdin(x, two\n)',
    ]);
  });

  test('fg leaves at the end of the input', async () => {
    const streams = { '/logtail/x/stdout': '', '/logtail/x/stderr': '' };
    const { run, input } = await openStage({ getProcessInfo: info('x', 'x') }, { streams });
    input.end();
    expect((await run('fg x')).out).toBe('==> Press Ctrl-C to exit <==\nExiting foreground');
  });
});

test('a server that is gone is told of, with 7 and for status with 4', async () => {
  const { run, session } = await openStage({});
  session.target = { ...session.target, url: 'unix:///nowhere/at/all.sock' };
  expect(await run('start x')).toEqual({ exit: 7, out: 'unix:///nowhere/at/all.sock no such file' });
  expect(await run('status')).toMatchObject({ exit: 4 });
});
