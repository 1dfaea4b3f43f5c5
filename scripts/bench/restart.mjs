// How soon does a killed leader have a successor, and how many of its old members are still there then?

import { identify, isAlive } from '../observe/processes.mjs';
import { kill } from '../observe/sandbox.mjs';
import { until } from '../observe/wait.mjs';
import { now } from './diary.mjs';
import { allRunning, median, onScene, programs } from './scene.mjs';

const MEMBERS = 4;

/** Kills one leader; milliseconds to the successor's first instruction and the old members alive when it is seen. */
const killOne = async ({ diary }, name) => {
  const leader = diary.leaders(name).at(-1);
  const old = diary.membersOf(leader.pid).map(({ pid }) => identify(pid));
  if (old.length !== MEMBERS || old.includes(null))
    throw new Error(`cannot measure ${name}: members missing`);
  const before = diary.leaders(name).length;
  const killedAt = now();
  kill(leader.pid);
  const successor = await until(`the successor of ${name}`, () => diary.leaders(name)[before], {
    within: 20_000,
    every: 1,
  });
  return { delay: successor.at - killedAt, stale: old.filter(isAlive).length };
};

const measureAmong = (bystanders) => async (context) => {
  const victims = programs('victim', context.quick ? 4 : 12, { members: MEMBERS });
  const cast = [...victims, ...programs('bystander', bystanders)];
  return onScene({ ...context, cast }, async (scene) => {
    await allRunning(scene);
    await until('all members', () => scene.diary.members().length >= victims.length * MEMBERS);
    const deaths = [];
    for (const { name } of victims) deaths.push(await killOne(scene, name));
    return {
      delay: median(deaths.map(({ delay }) => delay)),
      stale: Math.max(...deaths.map(({ stale }) => stale)),
    };
  });
};

export const restart = {
  name: 'restart',
  async measure(context) {
    const alone = await measureAmong(0)(context);
    const crowded = await measureAmong(200)(context);
    return { alone: alone.delay, crowded: crowded.delay, stale: Math.max(alone.stale, crowded.stale) };
  },
  lines: [
    { key: 'alone', label: "leader killed → successor's exec, 12 programs", unit: 'ms', target: 8 },
    { key: 'crowded', label: '   the same with 200 more programs up', unit: 'ms', target: 8 },
    { key: 'stale', label: `   stale members left, of ${MEMBERS}`, unit: '', target: 0 },
  ],
};
