// Is `sockets` read in each of its spellings, and is each mistake in it told?

import { describe, expect, test } from 'vitest';
import { sockets } from '../../src/config/socket-types.ts';
import { printPlan } from '../../src/config/effective.ts';
import { loadPlan } from '../../src/config/load.ts';
import { worldOf } from '../../src/config/world.ts';
import { makeFolder, planOf, problemsOf } from './sandbox.ts';

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

describe('in a whole config', () => {
  const YAML = { name: 'tsvisor.yaml', assumeExists: true };

  test('belong to the user of the program, are the same for all its processes, and are told as they are written', async () => {
    const plan = await planOf(
      `programs:
  app:
    command: app
    user: "12"
    numprocs: 2
    process_name: '%(process_num)d'
    sockets:
      main: unix:///run/%(program_name)s.sock
      web: tcp://*:80 backlog=5
`,
      YAML,
    );
    const [first, second] = plan.groups[0]?.processes ?? [];
    expect(first?.sockets).toMatchObject([
      { name: 'main', url: 'unix:///run/app.sock', mode: 0o700, owner: { uid: 12 } },
      { name: 'web', owner: null, backlog: 5 },
    ]);
    expect(second?.sockets).toBe(first?.sockets);
    expect(await printPlan(plan, 'json')).toContain('"web": "tcp://0.0.0.0:80 backlog=5"');
  });

  test('are refused at their line', async () => {
    const problems = await problemsOf('[program:a]\ncommand=a\nsockets=x=80\n');
    expect(problems).toEqual(["3: sockets: cannot use [program:a]: '80' is no address to listen at"]);
  });

  test('are what takes the place of the socket of a FastCGI program that is in a group', async () => {
    const folder = makeFolder({
      'c.conf':
        '[supervisord]\n[fcgi-program:a]\ncommand=a\nsocket=tcp://localhost:80\n[group:g]\nprograms=a\n',
    });
    const { warnings, plan } = await loadPlan(`${folder}/c.conf`).then((read) =>
      read.plan === null ? { warnings: [], plan: null } : read,
    );
    expect(plan?.groups.map(({ kind, socket }) => [kind, socket])).toEqual([['group', undefined]]);
    expect(warnings.map(({ line, hint }) => `${line}: ${hint}`)).toEqual([
      '6: take it out of the group, or list the socket under `sockets` of a plain program',
    ]);
  });
});
