// From Debian's supervisor package to a unit of systemd: the same configuration, the same programs, managed by systemctl.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { duplicates, openGround, pidsOf, play, result, until } from './ground.mjs';
import { run, show, stateAndRestarts } from './unit.mjs';

const CONFIG = '/etc/supervisor/supervisord.conf';
const MEMBERS = 'web.py|runner.sh|run/ci/ticks';
const ground = openGround(CONFIG, '/unknown/yet');
const supervisorctl = (...words) => {
  // It exits with 3 when one is not RUNNING.
  return execFileSync('sh', ['-c', 'supervisorctl "$@" || true', 'sh', ...words], { encoding: 'utf8' });
};

const ONE = (name, command) =>
  `[program:${name}]\ncommand=${command}\nautorestart=true\nstartsecs=2\nstopasgroup=true\nkillasgroup=true\n`;

/** Names and states, as `supervisorctl status` tells them. */
const table = () =>
  supervisorctl('status')
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/).slice(0, 2).join(' '))
    .toSorted()
    .join(', ');

const UP = 'runner RUNNING, web RUNNING';

/** As the package sets it up: programs of one's own in conf.d. */
const before = async () => {
  mkdirSync('/run/ci', { recursive: true });
  writeFileSync('/etc/supervisor/conf.d/web.conf', ONE('web', '/usr/bin/python3 /job/web.py'));
  writeFileSync('/etc/supervisor/conf.d/runner.conf', ONE('runner', '/bin/sh /job/runner.sh'));
  run('systemctl', 'start', 'supervisor');
  await until('both under supervisord', () => table() === UP, 60);
  run('systemctl', '-q', 'disable', '--now', 'supervisor');
  const left = pidsOf(MEMBERS);
  result('theirs-stop-left', left.length);
  for (const pid of left) process.kill(pid, 'SIGKILL');
};

const install = async () => {
  console.log(ground.cli('install', 'systemd', '--now'));
  await until('both under tsvisor', () => table() === UP, 60);
  result('install-names', table());
  result('install-unit', `${show('UnitFileState')}/${stateAndRestarts()}`);
  result('install-version', supervisorctl('version').trim());
  result('install-duplicates', await duplicates());
};

/** A supervisor that has just come up on a slow machine may take longer than the 2 s in which an answer is due. */
const supervisorPid = () =>
  until('an answer', () => JSON.parse(ground.cli('status', '--json')).supervisor.pid);

const supervisorDies = async () => {
  const pid = await supervisorPid();
  process.kill(pid, 'SIGKILL');
  await until('both again', async () => table() === UP && (await supervisorPid()) !== pid);
  result('install-after', stateAndRestarts());
  run('systemctl', 'stop', 'tsvisor');
  result('install-left', pidsOf(MEMBERS).length);
  run('systemctl', 'start', 'tsvisor');
  await until('both after a start by systemctl', () => table() === UP, 60);
  result('install-again', table());
};

const uninstall = () => {
  console.log(ground.cli('uninstall', 'systemd', '--now'));
  result('uninstall-left', `${pidsOf(MEMBERS).length}/${show('LoadState')}`);
};

await play([before, install, supervisorDies, uninstall]);
