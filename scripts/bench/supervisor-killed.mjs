// The supervisor is killed: when are its processes gone, when are the programs back, and does any run twice?

import { identify, isAlive } from '../observe/processes.mjs';
import { kill } from '../observe/sandbox.mjs';
import { until } from '../observe/wait.mjs';
import { now } from './diary.mjs';
import { allRunning, median, onScene, programs } from './scene.mjs';

const PROGRAMS = 20;
const MEMBERS = 2;
/** After this long without a change, supervisord's operator starts it anew. */
const TIMEOUT_MS = 3000;

const noneOf = (old) => {
  while (old.length > 0 && !isAlive(old[0])) old.shift();
  return old.length === 0;
};

const orNever = (promise) => promise.catch(() => Number.POSITIVE_INFINITY);

const killIt = async (scene) => {
  const { diary, supervisor, sandbox, config } = scene;
  await allRunning(scene);
  await until('all members', () => diary.members().length === PROGRAMS * MEMBERS);
  const leaders = diary.leaders().map(({ pid }) => identify(pid));
  const everyone = [...leaders, ...diary.members().map(({ pid }) => identify(pid))];
  const [pid] = await supervisor.pids(sandbox);

  const killedAt = now();
  kill(pid);
  const gone = orNever(
    until('all gone', () => noneOf(everyone), { within: TIMEOUT_MS, every: 1 }).then(() => now() - killedAt),
  );
  const back = orNever(
    until('all back', () => diary.leaders()[2 * PROGRAMS - 1], { within: TIMEOUT_MS, every: 5 }).then(
      (last) => last.at - killedAt,
    ),
  );
  const times = { gone: await gone, back: await back };
  if (times.back === Number.POSITIVE_INFINITY) {
    await supervisor.start(sandbox, config);
    await until('all started anew', () => diary.leaders()[2 * PROGRAMS - 1]);
  }
  return { ...times, twice: leaders.filter(isAlive).length };
};

export const supervisorKilled = {
  name: 'supervisor-killed',
  async measure(context) {
    const rounds = context.quick || context.supervisor.name === 'supervisord' ? 1 : 5;
    const seen = [];
    for (let round = 0; round < rounds; round += 1)
      seen.push(await onScene({ ...context, cast: programs('app', PROGRAMS, { members: MEMBERS }) }, killIt));
    return {
      gone: median(seen.map(({ gone }) => gone)),
      back: median(seen.map(({ back }) => back)),
      twice: Math.max(...seen.map(({ twice }) => twice)),
    };
  },
  lines: [
    { key: 'gone', label: 'supervisor killed → 60 processes of 20 programs gone', unit: 'ms', target: 20 },
    { key: 'back', label: '   → 20 programs running again', unit: 'ms', target: 400 },
    {
      key: 'twice',
      label: '   programs running twice (after a manual start where needed)',
      unit: '',
      target: 0,
    },
  ],
};
