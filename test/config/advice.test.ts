// Does `check` say what is worth a word, at the right line, and keep quiet otherwise?

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ADVICE_RULES } from '../../src/config/advice-rules.ts';
import { advise } from '../../src/config/advice.ts';
import type { Advice } from '../../src/config/advice-rules.ts';
import { foregroundCure, shellWord } from '../../src/config/daemons.ts';
import { unwrap } from '../../src/config/wrappers.ts';
import { makeFolder } from './sandbox.ts';

const adviceFor = async (text: string, name = 'supervisord.conf'): Promise<readonly Advice[]> => {
  const file = join(makeFolder({ [name]: text }), name);
  chmodSync(file, 0o600);
  return advise(file);
};

const rules = async (text: string): Promise<string[]> =>
  (await adviceFor(`[supervisord]\n${text}`)).map(({ line, rule }) => `${line} ${rule}`);

test('translates a command behind sudo and choom into keys', async () => {
  const found = await adviceFor(`[program:app-1]
directory=/data/app1
command=sudo choom -n -500 -- sudo -u app /data/app1/venv/bin/python run.py
user=app
stopasgroup=true
killasgroup=true
`);
  expect(found.map(({ line, rule }) => [line, rule])).toEqual([
    [3, 'wrapped-command'],
    [5, 'group-stop'],
    [6, 'group-kill'],
  ]);
  expect(found[0]?.hint).toBe(
    'write command=/data/app1/venv/bin/python run.py, user=app, oom_score_adj=-500',
  );
});

describe('unwrap', () => {
  test.each([
    [
      'sudo choom -n -500 -- sudo -u app /bin/x "a b"',
      { command: '/bin/x "a b"', score: '-500', user: 'app' },
    ],
    ['choom -n 300 /bin/x', { command: '/bin/x', score: '300', user: null }],
    ['/usr/bin/choom --adjust=-17 -- /bin/x -n 3', { command: '/bin/x -n 3', score: '-17', user: null }],
    ['sudo /bin/x', { command: '/bin/x', score: null, user: 'root' }],
    ['sudo -E -uapp -- /bin/x', { command: '/bin/x', score: null, user: 'app' }],
    ['setpriv --reuid=app --regid=app --init-groups /bin/x', { command: '/bin/x', score: null, user: 'app' }],
    ['gosu app /bin/x', { command: '/bin/x', score: null, user: 'app' }],
    ['nice -n 5 choom -n 9 nice /bin/x y', { command: 'nice -n 5 nice /bin/x y', score: '9' }],
    ['sudo nice -19 setpriv --reuid=app /bin/x', { command: 'nice -19 /bin/x', user: 'app' }],
    ['choom -n 9 nice -n -5 sudo -u app /bin/x', { command: 'nice -n -5 sudo -u app /bin/x', score: '9' }],
    ['runuser -u app -- choom -n 5 -- /bin/x', { command: '/bin/x', score: '5', user: 'app' }],
  ])('%j', (line, expected) => {
    expect(unwrap(line)).toMatchObject(expected);
  });

  test.each([
    '/bin/x',
    'nice -n 5 /bin/x',
    'nice choom',
    'sudo -i /bin/x',
    'sudo',
    'choom -p 5',
    'gosu app',
    'sudo -u app "',
    '',
  ])('leaves %j alone', (line) => {
    expect(unwrap(line)).toBeNull();
  });
});

const SHOWN: readonly (readonly [string, string])[] = [
  ['[program:a]\ncommand=x\nautorestrat=true', '4 unknown-key'],
  ['[Program:a]\ncommand=x', '2 unknown-section'],
  ['[program:a]\ncommand=x\n  autostart=false', '3 swallowed-line'],
  ['[program:a]\ncommand=sh -c "x ; y"', '3 unsplit-command'],
  ['[program:a]\ncommand=x | y', '3 shell-words'],
  ['[program:a]\ncommand=nginx', '3 daemonises'],
  ['[program:a]\ncommand=x\nkillasgroup=1', '4 group-kill'],
  ['[program:a]\ncommand=x\nstopasgroup=1', '4 group-stop'],
  ['[program:a]\ncommand=x\nstdout_logfile=/tmp/x.log', '4 log-in-tmp'],
  ['[unix_http_server]\nfile=/tmp/x.sock', '3 socket-in-tmp'],
  ['[program:a]\ncommand=x\nuser=root', '4 root-program'],
  ['[program:a]\ncommand=x\nenvironment=A=1;B=2', '4 loose-environment'],
  ['[program:a]\ncommand=choom -n 5 x', '3 wrapped-command'],
];

describe('each rule', () => {
  test.each(SHOWN)('%j', async (text, expected) => {
    expect(await rules(text)).toEqual([expected]);
  });

  test('is met here', () => {
    const met = SHOWN.map(([, expected]) => expected.split(' ')[1]);
    expect(new Set([...met, 'readable-secret'])).toEqual(new Set(Object.keys(ADVICE_RULES)));
  });

  test('readable-secret is told of files that everybody can read, and only of those', async () => {
    const text =
      '[supervisord]\n[inet_http_server]\nport=1\nusername=u\npassword=p\n[program:a]\ncommand=x\nenvironment=DB_PASSWORD="x"';
    const file = join(makeFolder({ 'x.conf': text }), 'x.conf');
    chmodSync(file, 0o644);
    expect((await advise(file)).map(({ line, rule }) => `${line} ${rule}`)).toEqual([
      '5 readable-secret',
      '8 readable-secret',
    ]);
    chmodSync(file, 0o640);
    expect(await advise(file)).toEqual([]);
  });
});

test('is silent about a good file, a file in YAML and one that cannot be read', async () => {
  expect(
    await rules(
      '[program:a]\ncommand=/bin/x -a\nuser=app\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=x:y\nanything=1\n[inet_http_server:x]\nport=1',
    ),
  ).toEqual([]);
  expect(await adviceFor('programs: {a: {command: x, comand: y}}', 'tsvisor.yaml')).toEqual([]);
  expect(await advise('/nothing/here.conf')).toEqual([]);
});

describe('commands that leave the foreground', () => {
  test.each([
    'nginx',
    '/usr/sbin/apache2 -k start',
    'redis-server --daemonize yes',
    'gunicorn -D app',
    '/etc/init.d/x start',
    'service x start',
    'nohup x',
    'x y &',
    'celery multi start',
    '/usr/sbin/sshd',
    'crond',
  ])('%j', (line) => {
    expect(foregroundCure(line.split(' '))).not.toBeNull();
  });

  test.each([
    "nginx -g 'daemon off;'",
    'apache2ctl -D FOREGROUND',
    'redis-server x.conf',
    'gunicorn app',
    'sshd -D',
    'cron -f',
    'php-fpm',
    'x',
  ])('but not %j', (line) => {
    expect(foregroundCure(line.split(' '))).toBeNull();
  });
});

test('knows words that only a shell understands, and lets a shell have them', () => {
  expect(
    ['x | y', 'x && y', 'x > z', 'x 2>&1', 'x $HOME', 'x >>z'].map(
      (line) => shellWord(line.split(' ')) !== null,
    ),
  ).toEqual([true, true, true, true, true, true]);
  expect(
    ['sh -c $X', '/bin/bash -c a && b', 'x a|b', 'x 5$', 'x -e s/a/b/'].map((line) =>
      shellWord(line.split(' ')),
    ),
  ).toEqual([null, null, null, null, null]);
});
