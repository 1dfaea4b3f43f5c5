// Does Ansible's module supervisorctl work with tsvisor, through Debian's supervisorctl and through `tsvisor ctl`?

import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { CLI } from './dist.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

const MODULE = 'community.general.supervisorctl';
const works = (file: string, ...words: readonly string[]): boolean => spawnSync(file, words).status === 0;
const hasAnsible = works('ansible-doc', '-t', 'module', MODULE);

interface Step {
  readonly task: { readonly name: string; readonly state: string; readonly signal?: string };
  /** Whether it changes anything, or why it fails. */
  readonly wanted: boolean | string;
}

/** In the order in which they are taken; `fresh` is in the file and not active, until `restarted` updates everything. */
const STEPS: readonly Step[] = [
  { task: { name: 'stays', state: 'started' }, wanted: false },
  { task: { name: 'stays', state: 'stopped' }, wanted: true },
  { task: { name: 'stays', state: 'stopped' }, wanted: false },
  { task: { name: 'stays', state: 'started' }, wanted: true },
  { task: { name: 'stays', state: 'signalled', signal: 'CONT' }, wanted: true },
  { task: { name: 'pair:', state: 'stopped' }, wanted: true },
  { task: { name: 'pair:', state: 'started' }, wanted: true },
  { task: { name: 'nobody', state: 'started' }, wanted: 'ERROR (no such process)' },
  { task: { name: 'fresh', state: 'present' }, wanted: true },
  { task: { name: 'fresh', state: 'present' }, wanted: false },
  { task: { name: 'fresh', state: 'absent' }, wanted: 'ERROR: process/group still running: fresh' },
  { task: { name: 'fresh', state: 'stopped' }, wanted: true },
  { task: { name: 'fresh', state: 'absent' }, wanted: true },
  { task: { name: 'fresh', state: 'absent' }, wanted: false },
  { task: { name: 'stays', state: 'restarted' }, wanted: true },
  { task: { name: 'fresh', state: 'started' }, wanted: false },
];

const WANTED = STEPS.map(({ wanted }) => wanted);

interface Result {
  readonly changed: boolean;
  readonly failed?: boolean;
  readonly msg?: string;
}

/** YAML is a superset of JSON. */
const playbook = (sandbox: Sandbox, client: string): string => {
  const tasks = STEPS.map(({ task }, index) => ({
    [MODULE]: { ...task, config: sandbox.config, supervisorctl_path: client },
    register: `step_${index}`,
    ignore_errors: true,
  }));
  const results = STEPS.map((_, index) => `step_${index}`).join(', ');
  const keep = { copy: { content: `{{ [${results}] | to_json }}`, dest: sandbox.path('results.json') } };
  const play = { hosts: 'localhost', connection: 'local', gather_facts: false, tasks: [...tasks, keep] };
  return sandbox.writeFile('play.yml', JSON.stringify([play]));
};

const outcome = ({ changed, failed, msg }: Result): boolean | string =>
  failed === true ? (msg ?? '').trim() : changed;

const play = async (sandbox: Sandbox, client: string): Promise<readonly (boolean | string)[]> => {
  const { all } = await execa('ansible-playbook', ['-i', 'localhost,', playbook(sandbox, client)], {
    all: true,
    reject: false,
    timeout: 150_000,
    env: { ...sandbox.mark, HOME: sandbox.folder, LC_ALL: 'C.UTF-8', ANSIBLE_LOCALHOST_WARNING: 'false' },
  });
  const results = sandbox.read('results.json');
  if (results === '') throw new Error(`Ansible wrote no results:\n${all}`);
  return JSON.parse(results).map(outcome);
};

const setUp = async (): Promise<Sandbox> => {
  const sandbox = openSandbox();
  const sections = [
    `[unix_http_server]\nfile=${sandbox.path('s.sock')}\n[supervisorctl]\nserverurl=unix://${sandbox.path('s.sock')}`,
    '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
    sandbox.program('stays', 'stays.sh'),
    sandbox.program('pair', 'stays.sh', { numprocs: 2, process_name: '%(program_name)s_%(process_num)d' }),
  ];
  sandbox.write(...sections);
  await sandbox.start();
  await sandbox.reach('RUNNING');
  sandbox.write(...sections, sandbox.program('fresh', 'stays.sh'));
  return sandbox;
};

const MINUTES = 60_000;

describe.skipIf(!hasAnsible)('Ansible (needs ansible with community.general)', () => {
  test.skipIf(!works('supervisord', '--version'))(
    'starts, stops, restarts, adds and removes through supervisorctl (needs supervisorctl)',
    async () => {
      expect(await play(await setUp(), '/usr/bin/supervisorctl')).toEqual(WANTED);
    },
    3 * MINUTES,
  );

  test(
    'starts, stops, restarts, adds and removes through `tsvisor ctl`',
    async () => {
      const sandbox = await setUp();
      const client = sandbox.writeFile(
        'supervisorctl',
        `#!/bin/sh\nexec ${process.execPath} ${CLI} ctl "$@"\n`,
      );
      chmodSync(client, 0o755);
      expect(await play(sandbox, client)).toEqual(WANTED);
    },
    3 * MINUTES,
  );
});
