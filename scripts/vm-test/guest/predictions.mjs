// Is the process that `tsvisor oom` names first the one that the kernel takes first? Each trial with other scores and another favourite.

import { writeFileSync } from 'node:fs';
import { eat, killedPids, leave, openGround, play, result, until } from './ground.mjs';

const CONFIG = '/run/ci/predictions.conf';
const TRIALS = Number(process.argv[2] ?? 20);
const MEBIBYTE = 1024 * 1024;
/** Megabytes that each program holds: alone, the biggest would always be first. */
const HOLDERS = [6, 9, 12, 15, 18];
/** Nobody's lead is smaller, in megabytes: below it chance decides, by file pages that come and go. */
const LEAD = 3;

const ground = openGround(CONFIG);
const { cli, oom, allUp } = ground;

/** The same scores in every run. */
const chance = (() => {
  let seed = 20;
  return () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
})();

writeFileSync(
  CONFIG,
  `[supervisord]\nlogfile=/run/ci/supervisor.log\npidfile=/run/ci/pid\nchildlogdir=/run/ci\nruntime_dir=/run/ci/tsvisor\n` +
    HOLDERS.map(
      (size) =>
        `[program:hold${size}]\ncommand=/usr/bin/python3 /job/hold.py ${size}\nstartsecs=0\nfast_death_secs=0\noom_score_adj=100\n`,
    ).join(''),
);

/** A prediction is about things as they are: nobody grows any more. */
const fullRank = async () => {
  const { domains, memory } = await oom.rank({ whatIf: '', limits: '' });
  const { candidates } = domains[0];
  const isFull = (size) =>
    candidates.some(({ process, anon }) => process === `hold${size}` && anon >= size * MEBIBYTE);
  return HOLDERS.every(isFull) ? { candidates, memory } : null;
};

/** Scores that put the trial's favourite in front by at least LEAD, and the others anywhere behind it. */
const scoresOf = (trial, perPoint) => {
  const favourite = HOLDERS[trial % HOLDERS.length];
  const height = Math.max(...HOLDERS) + 2 * LEAD + chance() * 8;
  return HOLDERS.map((size) => {
    const wanted = size === favourite ? height : size + chance() * Math.max(0, height - LEAD - size);
    const extra = (wanted - size) / perPoint;
    return [`hold${size}`, 100 + (size === favourite ? Math.ceil(extra) : Math.floor(extra))];
  });
};

const oneTrial = async (trial, perPoint) => {
  for (const [name, score] of scoresOf(trial, perPoint)) await oom.setScore([name], String(score));
  await allUp();
  const { candidates } = await until('every holder full', fullRank);
  const [first] = candidates;
  const before = killedPids().length;
  eat('/dev/shm/fill');
  const [victim] = killedPids().slice(before);
  if (victim === first.pid) return true;
  const places = candidates.slice(0, 5).map(({ process, comm, pid }) => `${process ?? comm} ${pid}`);
  console.log(`trial ${trial}: predicted ${places.join(', ')}; the kernel took ${victim}`);
  return false;
};

const predictions = async () => {
  cli('start');
  await allUp();
  const { memory } = await until('every holder full', fullRank);
  console.log(`memory: ${JSON.stringify(memory)}`);
  const perPoint = memory.total / MEBIBYTE / 1000;
  let right = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) if (await oneTrial(trial, perPoint)) right += 1;
  result('predicted', `${right}/${TRIALS}`);
};

await play([predictions]);
leave(ground, 'hold.py', 'predicted-left');
