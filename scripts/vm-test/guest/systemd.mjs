// tsvisor inside its own systemd unit: an OOM kill of a program leaves the unit alone, and so does the death of the supervisor.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { openGround, pidsOf, play, result, until } from './ground.mjs';
import { run, show, startUnit, stateAndRestarts } from './unit.mjs';

const CONFIG = '/job/systemd.conf';
const ground = openGround(CONFIG);

const unit = async () => {
  execFileSync('mkfifo', ['/run/ci/order']);
  startUnit(CONFIG);
  await ground.allUp();
  result('systemd', run('systemctl', '--version').split(' ')[1]);
  result('systemd-policy', show('OOMPolicy'));
  writeFileSync('/run/ci/order', 'eat\n');
  const { verdict } = await until('a verdict', async () => {
    const { lastDeath } = await ground.find('app');
    return lastDeath?.verdict ? lastDeath : null;
  });
  result('systemd-verdict', verdict.oom);
  result('systemd-unit', stateAndRestarts());
};

const supervisorDies = async () => {
  const { supervisor } = await ground.allUp();
  process.kill(supervisor.pid, 'SIGKILL');
  await ground.allUp(supervisor.pid);
  result('systemd-after', stateAndRestarts());
  // Its exit status speaks of advice for other things here; what it says of the unit is what matters.
  const advice = execFileSync('sh', ['-c', `node /job/tsvisor/dist/cli/main.js doctor -c ${CONFIG} || true`]);
  result('systemd-doctor', /^\s*(\S+)\s+unit: /m.exec(advice.toString())?.[1] ?? 'silent');
  run('systemctl', 'stop', 'tsvisor');
  result('systemd-left', pidsOf('systemd.conf|run/ci/order').length);
};

await play([unit, supervisorDies]);
