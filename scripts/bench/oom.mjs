// How soon after the kernel's kill is the verdict written, the group empty, the next leader there? Medians of real OOM kills.
//
// usage: node scripts/bench/oom.mjs [KILLS]     (40; root, with a memory cgroup and a readable kernel log)

import { execFile, execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '../../dist/api/client.js';
import { createOomClient } from '../../dist/api/client-oom.js';
import { createOomWatch } from '../../dist/kernel/oom-watch.js';
import { createEvidence } from '../../dist/oom/evidence.js';
import { closeAllSandboxes, closeOnSignals, openSandbox } from '../observe/sandbox.mjs';
import { until } from '../observe/wait.mjs';
import { now } from './diary.mjs';
import { median } from './scene.mjs';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../test/programs/leads-ten-and-eats.sh', import.meta.url));
const KILLS = Number(process.argv[2] ?? 40);
const run = promisify(execFile);

const TARGETS = [
  { key: 'verdict', label: "the kernel's kill → the verdict", unit: 'ms', target: 20 },
  { key: 'empty', label: "the kernel's kill → the group of 10 members empty", unit: 'ms', target: 30 },
  { key: 'next', label: "the kernel's kill → the next leader's exec", unit: 'ms', target: 60 },
  { key: 'bytes', label: 'reading the evidence of one kill allocates', unit: 'kB', target: 64 },
];

/** The kernel log has a clock of its own: milliseconds to add to reach the monotonic one; null when it cannot be read. */
const clockOfTheLog = () => {
  try {
    const file = openSync('/dev/kmsg', constants.O_RDWR | constants.O_NONBLOCK);
    const record = Buffer.alloc(8192);
    const word = `tsvisor-bench ${process.pid} ${now()}\n`;
    const drain = (seen) => {
      for (;;) {
        try {
          seen(record.toString('latin1', 0, readSync(file, record, 0, record.length, null)));
        } catch (error) {
          if (error.code === 'EAGAIN') return;
          if (error.code !== 'EPIPE') throw error;
        }
      }
    };
    drain(() => undefined);
    const before = now();
    writeSync(file, word);
    const at = (before + now()) / 2;
    let offset = null;
    drain((text) => {
      if (text.includes(word.trim())) offset = at - Number(text.split(',')[2]) / 1000;
    });
    closeSync(file);
    return offset;
  } catch {
    return null;
  }
};

const writeConfig = (sandbox) => {
  execFileSync('mkfifo', [sandbox.file('order')]);
  const path = sandbox.file('supervisord.conf');
  writeFileSync(
    path,
    `[supervisord]\nlogfile=${sandbox.file('log')}\npidfile=${sandbox.file('pid')}\nchildlogdir=${sandbox.folder}\nruntime_dir=${sandbox.file('run')}\n` +
      `[program:app]\ncommand=/bin/sh ${PROGRAM} ${sandbox.file('order')}\nautorestart=true\nstartsecs=0\nfast_death_secs=0\nmemory_max=32MB\n` +
      'stdout_logfile=NONE\nstderr_logfile=NONE\n',
  );
  return path;
};

/** Bytes that one gathering takes from the heap, with the records of a kill waiting in the log. */
const gatherOnce = (evidence, baseline) => {
  const before = process.memoryUsage().heapUsed;
  evidence.gather({ baseline, cgroup: null, leaderPid: 0 });
  return process.memoryUsage().heapUsed - before;
};

const oneKill = async ({ sandbox, client, oom }, offset) => {
  await until('all members', async () => (await client.status()).processes[0].members >= 11, {
    within: 20_000,
    every: 10,
  });
  const evidence = createEvidence(createOomWatch());
  // A supervisor that has been up for a second has read it.
  evidence.readLog();
  const baseline = evidence.note(null);
  const seen = (await oom.incidents()).incidents[0]?.id;
  await writeFile(sandbox.file('order'), 'eat\n');
  const incident = await until(
    'the incident',
    async () => {
      const [latest] = (await oom.incidents()).incidents;
      const isWhole = latest !== undefined && latest.acts.some(({ text }) => text.startsWith('restarted'));
      return isWhole && latest.id !== seen ? latest : null;
    },
    { within: 20_000, every: 20 },
  );
  const [record] = incident.verdict.evidence.records;
  const killed = record.usec / 1000 + offset;
  const after = (word) => incident.acts.find(({ text }) => text.startsWith(word)).after;
  return {
    verdict: incident.judged - killed,
    empty: incident.judged - killed + after('swept'),
    next: incident.judged - killed + after('restarted'),
    bytes: gatherOnce(evidence, baseline) / 1024,
  };
};

const print = (kills) => {
  for (const { key, label, unit, target } of TARGETS) {
    const value = median(kills.map((one) => one[key]));
    const shown = `${value.toFixed(1)} ${unit}`.padStart(12);
    console.log(`${label.padEnd(56)}${shown}   ≤ ${target} ${unit}   ${value <= target ? 'pass' : 'FAIL'}`);
  }
};

const main = async () => {
  const offset = clockOfTheLog();
  if (offset === null) return console.log('cannot measure: the kernel log may not be read and written');
  const sandbox = openSandbox('oom');
  const config = writeConfig(sandbox);
  sandbox.onClose(() => run(process.execPath, [CLI, 'stop', '-c', config], { env: sandbox.env }));
  await run(process.execPath, [CLI, 'start', '-c', config], { env: sandbox.env });
  const socket = sandbox.file('run/tsvisor.sock');
  const scene = { sandbox, client: createClient(socket), oom: createOomClient(socket) };
  const { supervisor } = await scene.client.status();
  if (supervisor.memoryController === null)
    return console.log('cannot measure: no memory cgroup can be made here');
  const kills = [];
  for (let kill = 0; kill < KILLS; kill += 1) kills.push(await oneKill(scene, offset));
  console.log(
    `medians of ${KILLS} OOM kills of a leader with 10 members that left its session, restart delay 0`,
  );
  print(kills);
};

delete process.env['NODE_EXTRA_CA_CERTS'];
closeOnSignals();
try {
  await main();
} finally {
  await closeAllSandboxes();
}
