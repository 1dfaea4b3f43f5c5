// Does the text of a value mean what it means to supervisord, and what tsvisor's own types promise?

import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../src/config/refusal.ts';
import { TYPES } from '../../src/config/types.ts';
import type { TypeName } from '../../src/config/types.ts';
import { assumedUsers } from '../../src/config/users.ts';
import type { Raw } from '../../src/config/draft.ts';

const reading = (dialect: 'ini' | 'yaml') => ({
  dialect,
  env: { HOME: '/home/me' },
  cwd: '/cwd',
  hostname: 'host',
  tempDir: '/tmp',
  uid: 1000,
  users: assumedUsers(),
  isDirectory: (path: string) => path === '/there' || path === '/cwd/near' || path === '/home/me',
});

const read = (type: TypeName, raw: Raw, dialect: 'ini' | 'yaml' = 'ini'): unknown => {
  const value: unknown = TYPES[type](raw, reading(dialect));
  return isRefusal(value) ? 'refused' : value;
};

describe.each<[TypeName, readonly [Raw, unknown][]]>([
  [
    'integer',
    [
      ['10', 10],
      [' +5 ', 5],
      ['-3', -3],
      ['1_000', 1000],
      ['٣', 3],
      ['', 'refused'],
      ['1.5', 'refused'],
      ['0x10', 'refused'],
      ['1__0', 'refused'],
      ['9'.repeat(5000), 'refused'],
    ],
  ],
  [
    'boolean',
    [
      ['true', true],
      ['YES', true],
      ['on', true],
      ['1', true],
      ['False', false],
      ['no', false],
      ['off', false],
      ['0', false],
      ['', 'refused'],
      ['y', 'refused'],
      ['2', 'refused'],
    ],
  ],
  [
    'autorestart',
    [
      ['true', 'always'],
      ['0', 'never'],
      ['Unexpected', 'unexpected'],
      ['always', 'refused'],
    ],
  ],
  [
    'bytes',
    [
      ['50MB', 52_428_800],
      ['1 kb', 1024],
      ['2GB', 2_147_483_648],
      ['10', 10],
      ['-1', -1],
      ['1K', 'refused'],
      ['1TB', 'refused'],
      ['1.5MB', 'refused'],
      ['MB', 'refused'],
    ],
  ],
  [
    'size',
    [
      ['512M', 536_870_912],
      ['1.5GiB', 1_610_612_736],
      ['64 kb', 65_536],
      ['100', 100],
      ['none', null],
      ['MAX', null],
      ['-1', 'refused'],
      ['half', 'refused'],
    ],
  ],
  [
    'seconds',
    [
      ['10', 10],
      ['10s', 'refused'],
    ],
  ],
  [
    'duration',
    [
      ['10', 10],
      ['250ms', 0.25],
      ['1.5m', 90],
      ['2h', 7200],
      ['1d', 86_400],
      ['soon', 'refused'],
      ['-1', 'refused'],
    ],
  ],
  [
    'octal',
    [
      ['022', 18],
      ['22', 18],
      ['0o22', 18],
      ['0', 0],
      ['8', 'refused'],
      ['u=rwx', 'refused'],
      ['', 'refused'],
    ],
  ],
  [
    'exitcodes',
    [
      ['0,2', [0, 2]],
      ['', []],
      [' 1 , 3', [1, 3]],
      ['0,', 'refused'],
      ['256', 'refused'],
      ['-1', 'refused'],
      ['0 2', 'refused'],
    ],
  ],
  [
    'list',
    [
      ['a, b', ['a', 'b']],
      ['a,', ['a', '']],
      ['', []],
    ],
  ],
  [
    'loglevel',
    [
      ['INFO', 'info'],
      ['warning', 'refused'],
    ],
  ],
  [
    'events',
    [
      ['tick_5, PROCESS_STATE,tick_5', ['TICK_5', 'PROCESS_STATE']],
      ['NOPE', 'refused'],
    ],
  ],
  [
    'inet',
    [
      ['9001', { host: '', port: 9001 }],
      ['*:9001', { host: '', port: 9001 }],
      ['LocalHost:80', { host: 'localhost', port: 80 }],
      ['localhost:', 'refused'],
      ['0', 'refused'],
      ['65536', 'refused'],
    ],
  ],
  [
    'logfile',
    [
      ['NONE', { kind: 'none' }],
      ['off', { kind: 'none' }],
      ['Auto', { kind: 'auto' }],
      ['/there/x', { kind: 'file', path: '/there/x' }],
      ['near/x', { kind: 'file', path: 'near/x' }],
      ['bare', { kind: 'file', path: 'bare' }],
      ['~/x', { kind: 'file', path: '/home/me/x' }],
      ['/nowhere/x', 'refused'],
    ],
  ],
  [
    'directory',
    [
      ['/there', '/there'],
      ['~', '/home/me'],
      ['/nowhere', 'refused'],
      ['', 'refused'],
    ],
  ],
  [
    'user',
    [
      ['root', { name: 'root', uid: 0, gid: 0, groups: [0], home: '/' }],
      ['', 'refused'],
    ],
  ],
  [
    'owner',
    [
      ['root', { uid: 0, gid: -1 }],
      ['0:5', { uid: 0, gid: 5 }],
      [':x', 'refused'],
    ],
  ],
  [
    'score',
    [
      ['auto', { kind: 'auto' }],
      ['-500', { kind: 'absolute', value: -500 }],
      ['0', { kind: 'absolute', value: 0 }],
      ['+200', { kind: 'relative', value: 200 }],
      ['+-200', { kind: 'relative', value: -200 }],
      ['1001', 'refused'],
      ['high', 'refused'],
      ['', 'refused'],
    ],
  ],
  [
    'onOom',
    [
      ['restart-group', 'restart-group'],
      ['Stop', 'stop'],
      ['never', 'refused'],
    ],
  ],
  [
    'survivors',
    [
      ['leave', 'leave'],
      ['', 'refused'],
    ],
  ],
  [
    'containment',
    [
      ['scan', 'scan'],
      ['docker', 'refused'],
    ],
  ],
])('%s', (type, rows) => {
  test.each(rows)('%j gives %j', (raw, expected) => {
    expect(read(type, raw)).toEqual(expected);
  });
});

describe('stopsignal', () => {
  test.each([
    ['TERM', { name: 'SIGTERM' }],
    ['sigusr1', { name: 'SIGUSR1' }],
    ['9', { name: 'SIGKILL' }],
    ['IOT', { name: 'SIGABRT' }],
    ['POLL', { name: 'SIGIO' }],
    ['RTMIN', { name: 'SIGTERM', number: 34 }],
    ['0', { name: 'SIGTERM', number: 0 }],
    ['FOO', 'refused'],
    ['99', 'refused'],
    ['35', 'refused'],
    ['', 'refused'],
    ['TERM,KILL', 'refused'],
  ])('%j gives %j', (text, expected) => {
    expect(read('signal', text)).toEqual(expected);
  });
});

describe('in YAML', () => {
  test.each<[TypeName, Raw, unknown]>([
    ['bytes', '512M', 536_870_912],
    ['seconds', '2m', 120],
    ['seconds', '1500ms', 'refused'],
    ['exitcodes', ['0', '2'], [0, 2]],
    ['list', ['a', 'b'], ['a', 'b']],
    ['environment', { A: '1' }, { A: '1' }],
    ['environment', ['A=1'], 'refused'],
    ['command', ['node', 'my file.js', "it's"], `node 'my file.js' 'it'"'"'s'`],
    ['integer', ['1'], 'refused'],
  ])('%s takes %j as %j', (type, raw, expected) => {
    expect(read(type, raw, 'yaml')).toEqual(expected);
  });
});
