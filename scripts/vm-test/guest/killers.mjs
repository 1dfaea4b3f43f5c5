// Is it told when a daemon kills for memory before the kernel has to? earlyoom, nohang and systemd-oomd as Debian packages them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openGround, play, result, until, verdictWords } from './ground.mjs';
import { dropIn, run, startUnit } from './unit.mjs';

const CONFIG = '/job/killers.conf';
const ground = openGround(CONFIG);

/** Where their words can be read by whoever reads the kernel log; without it they are in the journal alone. */
const TO_KMSG = '[Service]\nStandardOutput=kmsg\nStandardError=kmsg\nSyslogLevel=notice\n';

const anonOf = (pid) => Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);

const verdictAfter = async (name, old) => {
  const { verdict } = await until(`the verdict on ${name}`, async () => {
    const { lastDeath } = await ground.find(name);
    return lastDeath !== null && lastDeath.at !== old?.at && lastDeath.verdict !== null ? lastDeath : null;
  });
  console.log(verdict.because);
  return verdict;
};

/** `likely/userspace-killer`, if it names the one that it was; the kernel itself must not have come first. */
const wordsOf = (verdict, killer) =>
  verdict.because.includes(killer) ? verdictWords(verdict) : `${verdictWords(verdict)}, not by ${killer}`;

/** Memory of nobody is taken until the daemon kills the one with the highest score. */
const underDaemon = async (daemon) => {
  const { pid, lastDeath } = await until('fat full', async () => {
    const seen = await ground.find('fat');
    return seen.state === 'RUNNING' && anonOf(seen.pid) > 30 * 1024 ? seen : null;
  });
  dropIn(`${daemon}.service`, TO_KMSG);
  run('systemctl', 'start', daemon);
  const squeeze = spawn('python3', ['/job/squeeze.py', String(pid)], { stdio: 'inherit' });
  const end = once(squeeze, 'exit');
  result(daemon, wordsOf(await verdictAfter('fat', lastDeath), daemon));
  await end;
  run('systemctl', 'stop', daemon);
};

const earlyoom = () => {
  writeFileSync('/etc/default/earlyoom', 'EARLYOOM_ARGS="-r 0 -m 20,10"\n');
  return underDaemon('earlyoom');
};

const nohang = () => {
  const path = '/etc/nohang/nohang.conf';
  const text = readFileSync(path, 'utf8')
    .replace(/^soft_threshold_min_mem *=.*$/m, 'soft_threshold_min_mem = 20 %')
    .replace(/^hard_threshold_min_mem *=.*$/m, 'hard_threshold_min_mem = 15 %')
    .replace(/^warning_threshold_min_mem *=.*$/m, 'warning_threshold_min_mem = 25 %');
  writeFileSync(path, text);
  return underDaemon('nohang');
};

const oomd = async () => {
  run('sh', '-c', 'head -c 32M /dev/zero >/churned; sync; echo 3 >/proc/sys/vm/drop_caches');
  // Debian's own drop-in says 20 s.
  mkdirSync('/etc/systemd/oomd.conf.d', { recursive: true });
  writeFileSync('/etc/systemd/oomd.conf.d/vm.conf', '[OOM]\nDefaultMemoryPressureDurationSec=2s\n');
  run(
    'systemctl',
    'set-property',
    '--runtime',
    'tsvisor.service',
    'ManagedOOMMemoryPressure=kill',
    'ManagedOOMMemoryPressureLimit=1%',
  );
  run('systemctl', 'start', 'systemd-oomd');
  await ground.client.start(['churned']);
  result('oomd', wordsOf(await verdictAfter('churned', null), 'systemd-oomd'));
  run('systemctl', 'stop', 'systemd-oomd');
};

const begin = async () => {
  writeFileSync('/proc/sys/kernel/printk_devkmsg', 'on\n');
  startUnit(CONFIG);
  await until('tsvisor', () => ground.client.status());
};

await play([begin, earlyoom, nohang, oomd]);
run('systemctl', 'stop', 'tsvisor');
