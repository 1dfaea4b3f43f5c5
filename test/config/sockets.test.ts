// Is `sockets` read in each of its spellings, and is each mistake in it told?

import { describe, expect, test } from 'vitest';
import { sockets } from '../../src/config/socket-types.ts';
import { worldOf } from '../../src/config/world.ts';

const world = worldOf({ cwd: '/srv', env: {}, assumeExists: true });
const HTTP = { name: 'http', url: 'tcp://127.0.0.1:8080', mode: null, owner: null, backlog: null };

describe('sockets', () => {
  test.each([
    ['a text', 'http=tcp://127.0.0.1:8080'],
    ['a list', ['http=tcp://127.0.0.1:8080']],
    ['a map', { http: 'tcp://127.0.0.1:8080' }],
  ])('may be %s', (_, raw) => {
    expect(sockets(raw, world)).toEqual([HTTP]);
  });

  test('have what stands behind their address', () => {
    const raw = {
      a: 'unix:///run/../run/a.sock mode=0660  owner=0:0 backlog=9',
      b: 'tcp://*:80',
      c: 'tcp://[::1]:81',
    };
    expect(sockets(raw, world)).toEqual([
      { name: 'a', url: 'unix:///run/a.sock', mode: 0o660, owner: { uid: 0, gid: 0 }, backlog: 9 },
      { ...HTTP, name: 'b', url: 'tcp://0.0.0.0:80' },
      { ...HTTP, name: 'c', url: 'tcp://[::1]:81' },
    ]);
    expect(sockets('s=unix:///a', world)).toMatchObject([{ mode: 0o700, owner: null }]);
  });

  test.each(['', 'none', ' NONE '])('are none with %j', (text) => {
    expect(sockets(text, world)).toEqual([]);
  });

  test.each([
    ['tcp://127.0.0.1:80', 'has no name'],
    [{ 'a:b': 'tcp://h:1' }, 'cannot be the name of a socket'],
    [{ a: '8080' }, 'is no address to listen at'],
    [{ a: 'tcp://h:0' }, 'is no address to listen at'],
    [{ a: 'tcp://h:70000' }, 'is no address to listen at'],
    [{ a: 'unix://relative' }, 'is no address to listen at'],
    [{ a: 'unix:///x mode=999' }, 'is no mode'],
    [{ a: 'unix:///x backlog=0' }, 'is no backlog'],
    [{ a: 'unix:///x colour=red' }, 'is not known'],
    [{ a: 'tcp://h:1 mode=0600' }, 'for unix sockets only'],
    [{ a: 'tcp://h:1', b: 'tcp://h:1' }, 'is there twice'],
    [Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`s${n}`, `tcp://h:${n + 1}`])), 'too many'],
  ])('%j is refused', (raw, words) => {
    const read = sockets(raw, world);
    expect('refused' in read ? `${read.refused} ${read.hint}` : read).toContain(words);
  });
});
