// The incident under tsvisor, a supervisor that is the victim itself, a group kill, lowered scores, and twenty predictions.

import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';

const PACKAGE = '/job/tsvisor/dist';
const { createClient } = await import(`${PACKAGE}/api/client.js`);
const { createOomClient } = await import(`${PACKAGE}/api/client-oom.js`);

const CLI = `${PACKAGE}/cli/main.js`;
const CONFIG = '/job/ci.conf';
const SOCKET = '/run/ci/tsvisor/tsvisor.sock';
const TRIALS = 20;

const result = (key, value) => console.log(`RESULT ${key} ${value}`);

/** As any program: what this script is, its children must not be. */
const cli = (...words) =>
  execFileSync(
    'sh',
    ['-c', 'echo 0 >/proc/self/oom_score_adj; exec "$@"', 'sh', 'node', CLI, ...words, '-c', CONFIG],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );

const client = createClient(SOCKET);
const oom = createOomClient(SOCKET);

const until = async (what, look, seconds = 90) => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await Promise.resolve(look()).catch(() => null);
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`cannot see ${what}`);
    await after(100);
  }
};

const allUp = (old) =>
  until('everything up', async () => {
    const reply = await client.status();
    const isUp = reply.processes.every(({ state }) => state === 'RUNNING') && reply.supervisor.pid !== old;
    return isUp ? reply : null;
  });

const pidsOf = (pattern) => {
  const { stdout } = spawnSync('pgrep', ['-f', pattern], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
};

const startTick = (pid) => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return null;
  }
};
const identify = (pids) => pids.map((pid) => [pid, startTick(pid)]);
const alive = (identities) => identities.filter(([pid, tick]) => tick !== null && startTick(pid) === tick);

const eat = (...words) => spawnSync('python3', ['/job/eat.py', ...words], { stdio: 'inherit' });

const MEMBERS = 'web.py|runner.sh|run/ci/ticks';

/** Distinct jobs at work on the queue in four seconds, less the one there should be. */
const duplicates = async () => {
  writeFileSync('/run/ci/ticks', '');
  await after(4000);
  return new Set(readFileSync('/run/ci/ticks', 'utf8').trim().split('\n')).size - 1;
};

const natural = async () => {
  const before = await allUp();
  result('kernel', execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim());
  result('score-supervisor', before.supervisor.score);
  result('score-guardian', before.supervisor.guardian.score);
  eat('/dev/shm/fill');
  const after1 = await allUp();
  result('chosen', after1.supervisor.pid === before.supervisor.pid ? 'no' : 'yes');
  const deaths = after1.processes.flatMap(({ lastDeath }) => lastDeath?.verdict ?? []);
  result(
    'natural-verdicts',
    deaths.map(({ oom: certainty, cause }) => `${certainty}/${cause}`).join(',') || 'none',
  );
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
  result('verdict', `${pastLife.verdict.oom}/${pastLife.verdict.cause}`);
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
  result('group-kill', `${incident.verdict.oom}/${incident.verdict.cause}`);
  result('group-words', /oom_group_kill rose/.test(incident.verdict.because) ? 'yes' : 'no');
};

const HOLDERS = [6, 9, 12, 15, 18];

/** A prediction is about things as they are: nobody grows any more. */
const fullRank = async () => {
  const { domains } = await oom.rank({ whatIf: '', limits: '' });
  const { candidates } = domains[0];
  const isFull = (size) =>
    candidates.some(({ process, anon }) => process === `hold${size}` && anon >= size * 1024 * 1024);
  return HOLDERS.every(isFull) ? candidates : null;
};

const predictions = async () => {
  appendFileSync(
    CONFIG,
    HOLDERS.map(
      (size) =>
        `\n[program:hold${size}]\ncommand=/usr/bin/python3 /job/hold.py ${size}\nstartsecs=2\nfast_death_secs=0\noom_score_adj=${(size % 4) * 10}\n`,
    ).join(''),
  );
  cli('apply');
  let right = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    await allUp();
    const [first] = await until('every holder full', fullRank);
    eat('/dev/shm/fill');
    const log = execFileSync('dmesg', { encoding: 'latin1', maxBuffer: 1 << 26 });
    const killed = [...log.matchAll(/Out of memory: Killed process (\d+) /g)].map(([, pid]) => Number(pid));
    if (killed.includes(first.pid) && killed.at(-1) === first.pid) right += 1;
    else
      console.log(
        `trial ${trial}: predicted ${first.pid} (${first.process ?? first.comm}), killed ${killed.slice(-3).join(', ')}`,
      );
  }
  result('predicted', `${right}/${TRIALS}`);
};

cli('start');
for (const step of [natural, supervisorKilled, groupKill, predictions]) {
  try {
    await step();
  } catch (error) {
    console.log(`${step.name} failed: ${error.stack}`);
    result(`${step.name}-failed`, 'yes');
  }
}
try {
  cli('stop');
  result('left', pidsOf(`${MEMBERS}|hold.py`).length);
} catch (error) {
  console.log(readFileSync('/run/ci/supervisor.log', 'utf8').slice(-3000));
  throw error;
}
