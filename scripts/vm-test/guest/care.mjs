// What acts before the kernel must, and what counts after it did: pressure on cgroup v2, two lives and two kills, kills of mixed kinds.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { eat, leave, openGround, play, result, until, verdictWords } from './ground.mjs';

const CONFIG = '/run/ci/care.conf';
const ground = openGround(CONFIG);
const { cli, allUp, find } = ground;

writeFileSync(
  CONFIG,
  `[supervisord]
logfile=/run/ci/supervisor.log
pidfile=/run/ci/pid
childlogdir=/run/ci
runtime_dir=/run/ci/tsvisor

[program:pressed]
command=/usr/bin/python3 /job/pressed.py /run/ci/relieved
startsecs=0
memory_high=24MB
memory_max=64MB
on_pressure=above=10,for=1s,do=signal:USR1

[program:lives]
command=/usr/bin/python3 /job/hold.py 20
startsecs=0
fast_death_secs=0
oom_score_adj=900
`,
);

const pressure = async () => {
  cli('start');
  await allUp();
  await until('the signal of on_pressure', () => existsSync('/run/ci/relieved'));
  result('pressure-signal', readFileSync('/run/ci/relieved', 'utf8').trim());
  const { state, lastDeath } = await find('pressed');
  result('pressure-after', `${state}/${lastDeath === null ? 'alive' : 'died'}`);
};

/** A machine-wide kill counts in the cgroup of the victim alone; in a second life that counter begins at 0 again. */
const lives = async () => {
  const verdicts = [];
  for (const life of [1, 2]) {
    const { leader, lastDeath: old } = await until(`life ${life}`, async () => {
      const seen = await find('lives');
      return seen.state === 'RUNNING' ? { leader: seen.pid, lastDeath: seen.lastDeath } : null;
    });
    await until(`life ${life} full`, () => anonOf(leader) > 20 * 1024);
    eat('/dev/shm/fill');
    const { verdict } = await until(`the verdict on life ${life}`, async () => {
      const { lastDeath } = await find('lives');
      return lastDeath !== null && lastDeath.at !== old?.at && lastDeath.verdict !== null ? lastDeath : null;
    });
    console.log(`life ${life}: ${verdict.because}`);
    verdicts.push(verdictWords(verdict));
  }
  result('lives', verdicts.join(' '));
};

/** kB. */
const anonOf = (pid) => Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** The project's own run of mixed kills; here, unlike on most test machines, one kind of them is the kernel's group kill. */
const mixedKills = () => {
  const kills = Number(process.argv[2] ?? 96);
  const { stdout, status } = spawnSync('node', ['/job/tsvisor/scripts/bench/verdicts.mjs', String(kills)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    // Half a second each, where nothing else is at work.
    timeout: 60_000 + kills * 2000,
  });
  console.log(stdout);
  const [certain, likely, no, unknown, wrong] =
    /^memory\.oom\.group \(cgroup v2\)((?:\s+\d+){5})$/m.exec(stdout)?.[1]?.trim().split(/\s+/) ?? [];
  result('mixed', `${/: (\d+) called wrongly/.exec(stdout)?.[1] ?? 'no'}/${kills}`);
  result('mixed-group', [certain, likely, no, unknown, wrong].join('/'));
  result('mixed-status', status);
};

await play([pressure, lives]);
leave(ground, 'pressed.py|hold.py', 'care-left');
await play([mixedKills]);
