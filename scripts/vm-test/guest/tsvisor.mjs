// The incident under tsvisor, a supervisor that is the victim itself, a group kill, and lowered scores.

import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import {
  alive,
  duplicates,
  eat,
  identify,
  leave,
  openGround,
  pidsOf,
  play,
  result,
  until,
  verdictWords,
} from './ground.mjs';

const CONFIG = '/job/ci.conf';
const MEMBERS = 'web.py|runner.sh|run/ci/ticks';
const ground = openGround(CONFIG);
const { cli, oom, allUp } = ground;

const natural = async () => {
  cli('start');
  const before = await allUp();
  result('kernel', execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim());
  result('score-supervisor', before.supervisor.score);
  result('score-guardian', before.supervisor.guardian.score);
  eat('/dev/shm/fill');
  const since = await allUp();
  result('chosen', since.supervisor.pid === before.supervisor.pid ? 'no' : 'yes');
  const deaths = since.processes.flatMap(({ lastDeath }) => lastDeath?.verdict ?? []);
  result('natural-verdicts', deaths.map(verdictWords).join(',') || 'none');
  result('natural-duplicates', await duplicates());
};

const supervisorKilled = async () => {
  const { supervisor } = await allUp();
  const old = identify(pidsOf(MEMBERS));
  writeFileSync(`/proc/${supervisor.pid}/oom_score_adj`, '1000');
  eat();
  const reply = await allUp(supervisor.pid);
  result('survivors', alive(old).length);
  result('duplicates', await duplicates());
  result('up', reply.processes.length);
  const { pastLife } = reply.supervisor;
  result('verdict', verdictWords(pastLife.verdict));
  result('sweep-ms', pastLife.took.toFixed(1));
  result('swept', pastLife.killed);
};

const EXTRA = `
[program:low]
command=/bin/sleep 100000
startsecs=0
oom_score_adj=-100

[program:whole]
command=/bin/sh -c 'sleep 100000 & sleep 100000 & read -r word </run/ci/order; tail /dev/zero; sleep 100000'
startsecs=0
memory_max=16MB
memory_oom_group=true
`;

const groupKill = async () => {
  appendFileSync(CONFIG, EXTRA);
  execFileSync('mkfifo', ['/run/ci/order']);
  cli('apply');
  const reply = await allUp();
  const { score } = reply.processes.find(({ name }) => name === 'low');
  result('lowered', score.effective);
  writeFileSync('/run/ci/order', 'eat\n');
  const incident = await until('the group kill', async () =>
    (await oom.incidents()).incidents.find(({ process }) => process?.name === 'whole'),
  );
  result('group-kill', verdictWords(incident.verdict));
  result('group-words', /oom_group_kill rose/.test(incident.verdict.because) ? 'yes' : 'no');
};

await play([natural, supervisorKilled, groupKill]);
leave(ground, MEMBERS, 'left');
