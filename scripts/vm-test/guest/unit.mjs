// What do the scenes ask of systemd? tsvisor as a unit of it, and the unit's state.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

export const run = (...words) =>
  execFileSync(words[0], words.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();

export const show = (key, unit = 'tsvisor') => run('systemctl', 'show', '-p', key, '--value', unit);

export const stateAndRestarts = () => `${show('ActiveState')}/${show('NRestarts')}`;

/** The unit that comes with tsvisor, as it is but for the paths: the guardian here is the one that was built, not the package's. */
export const startUnit = (config) => {
  const text = readFileSync('/job/tsvisor.service', 'utf8')
    .replaceAll('prebuilt/guardian-x64', 'dist/guardian/guardian')
    .replaceAll('/usr/lib/node_modules/tsvisor', '/job/tsvisor')
    .replaceAll('/etc/tsvisor/tsvisor.yaml', config);
  writeFileSync('/run/systemd/system/tsvisor.service', text);
  run('systemctl', 'daemon-reload');
  run('systemctl', 'start', 'tsvisor');
};

/** Settings of a unit for this boot. */
export const dropIn = (unit, text) => {
  const folder = `/run/systemd/system/${unit}.d`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/vm.conf`, text);
  run('systemctl', 'daemon-reload');
};
