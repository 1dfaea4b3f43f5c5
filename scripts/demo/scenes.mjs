// What happens in the demo? Four scenes, each with real kills; every one returns the promises that it checked.

import { kill } from '../observe/sandbox.mjs';
import { identify, isAlive } from '../observe/processes.mjs';
import { until } from '../observe/wait.mjs';
import { order } from './stage.mjs';
import { moment, remark } from './timeline.mjs';
import { allGone, stopwatch, successor } from './watch.mjs';

const count = (many, noun) => `${many} ${noun}${many === 1 ? '' : 's'}`;

const statusOf = (reply, name) => reply.processes.find((process) => process.name === name);

const isLimited = (reply, name) => Boolean(statusOf(reply, name).memoryMax?.enforcedBy);

const exitOf = ({ code, signal }) => (signal === null ? `exit status ${code}` : signal);

/** The cast of a scene before the kill: `{ name, port, who, family }` for each worker named. */
const castOf = (stage, names) =>
  Promise.all(
    names.map(async (name) => ({
      name,
      port: stage.port(name),
      who: await order(stage.port(name), 'who'),
      family: stage.family(name),
    })),
  );

/** Tells when the old members were gone and who came after; the promises that hold for every scene. */
const watchReturn = async (stage, { cast, clock, died }) => {
  const gone = Promise.all(cast.map(({ family }) => allGone(family, clock)));
  const back = Promise.all(cast.map(({ port, who }) => successor(port, who.leader, clock)));
  const goneAt = Math.max(...(await gone));
  const members = cast.reduce((sum, { family }) => sum + family.length, 0);
  moment(goneAt, `all ${members} old processes are gone, ${(goneAt - died).toFixed(1)} ms after the death`);
  for (const { at, who, port } of (await back).toSorted((a, b) => a.at - b.at))
    moment(at, `${who.name} runs again: pid ${who.leader} holds port ${port} and the lock`);
  const reply = await stage.running();
  return { reply, promises: [...standing(stage, { cast, reply })] };
};

const standing = (stage, { cast, reply }) => {
  const old = cast.flatMap(({ family }) => family).filter(isAlive);
  const conflicts = stage.conflicts();
  const twice = reply.processes.filter(({ name }) => stage.lives(name) !== 1);
  return [
    [
      old.length === 0,
      old.length === 0 ? 'no old member is alive' : `${count(old.length, 'old member')} alive`,
    ],
    [conflicts.length === 0, conflicts.length === 0 ? 'no port or lock was taken' : conflicts.join('; ')],
    [
      twice.length === 0,
      twice.length === 0 ? 'nothing runs twice' : `${twice.map(({ name }) => name)} run twice`,
    ],
  ];
};

const certain = (verdict) => [
  verdict?.oom === 'certain',
  verdict?.oom === 'certain' ? 'the verdict is certain' : `the verdict is ${verdict?.oom ?? 'missing'}`,
];

/** Waits for the death of one process and says when it was seen. */
const deathOf = async (identity, { what, clock }) => {
  await until(`the death of ${what}`, () => !isAlive(identity), { within: 20_000, every: 1 });
  return clock();
};

const leaderDies = async (stage) => {
  const before = await stage.running();
  const [actor] = await castOf(stage, ['app-1']);
  const leader = identify(actor.who.leader);
  const limited = isLimited(before, 'app-1');
  const clock = stopwatch();
  if (limited) {
    moment(clock(), `app-1 (pid ${leader.pid}) is told to eat memory; its cgroup holds it to 128 MB`);
    await order(actor.port, 'eat');
  } else {
    moment(clock(), `app-1 (pid ${leader.pid}) gets SIGKILL: no memory cgroup can be made here`);
    kill(leader.pid);
  }
  const died = await deathOf(leader, { what: 'the leader', clock });
  moment(died, `pid ${leader.pid} is dead`);
  const { reply, promises } = await watchReturn(stage, { cast: [actor], clock, died });
  const { lastDeath } = statusOf(reply, 'app-1');
  remark(`${exitOf(lastDeath.exit)}; by memory: ${lastDeath.verdict?.oom}: ${lastDeath.verdict?.because}`);
  return limited ? [...promises, certain(lastDeath.verdict)] : promises;
};

const grandchildDies = async (stage) => {
  const before = await stage.running();
  const [actor] = await castOf(stage, ['app-2']);
  const limited = isLimited(before, 'app-2');
  if (!limited) {
    remark('left out: no memory cgroup can be made here, and a killed grandchild is only seen through one');
    return [];
  }
  const clock = stopwatch();
  moment(clock(), `a grandchild of app-2 is told to eat memory; the leader (pid ${actor.who.leader}) is not`);
  await order(actor.port, 'eat-in-child');
  const died = await deathOf(identify(actor.who.leader), { what: 'the old life of app-2', clock });
  moment(died, 'tsvisor has seen the kill and ends the half-dead worker (on_oom=restart)');
  const { reply, promises } = await watchReturn(stage, { cast: [actor], clock, died });
  const { lastDeath } = statusOf(reply, 'app-2');
  remark(`by memory: ${lastDeath.verdict?.oom}: ${lastDeath.verdict?.because}`);
  return [...promises, certain(lastDeath.verdict)];
};

const tellPastLife = ({ supervisor }) => {
  const { pastLife } = supervisor;
  if (pastLife === null) return [false, 'the new supervisor does not know of its past life'];
  remark(
    `the guardian: supervisor ended by ${exitOf(pastLife.exit)}, ${pastLife.killed} left-behind processes killed ` +
      `in ${pastLife.took} ms; by memory: ${pastLife.verdict.oom}: ${pastLife.verdict.because}`,
  );
  return [true, `a new supervisor (pid ${supervisor.pid}, life ${pastLife.life}) knows what happened`];
};

const supervisorDies = async (stage) => {
  const { supervisor } = await stage.running();
  const cast = await castOf(stage, stage.names);
  const identity = identify(supervisor.pid);
  const clock = stopwatch();
  moment(clock(), `the supervisor (pid ${supervisor.pid}) gets SIGKILL, its programs do not`);
  kill(supervisor.pid);
  const died = await deathOf(identity, { what: 'the supervisor', clock });
  moment(died, `pid ${supervisor.pid} is dead; its guardian (pid ${supervisor.guardian.pid}) is not`);
  const { reply, promises } = await watchReturn(stage, { cast, clock, died });
  return [...promises, tellPastLife(reply)];
};

/** Nobody saw it die: only the kernel log can tell, where it may be read. */
const tellUnseen = ({ lastDeath }) => {
  const verdict = lastDeath?.verdict ?? null;
  remark(
    verdict === null
      ? 'app-1: why it died is not known, the kernel log may not be read here'
      : `app-1, by memory: ${verdict.oom}: ${verdict.because}`,
  );
  return verdict === null
    ? []
    : [[verdict.oom !== 'no', 'the new supervisor knows that app-1 was killed for memory']];
};

const bothDie = async (stage) => {
  const before = await stage.running();
  const cast = await castOf(stage, stage.names);
  const leader = identify(cast[0].who.leader);
  const supervisor = identify(before.supervisor.pid);
  const limited = isLimited(before, 'app-1');
  const clock = stopwatch();
  // Stopped, it cannot react: the leader's death and its own end fall together, as in a shortage of memory.
  kill(supervisor.pid, 'SIGSTOP');
  moment(
    clock(),
    `the supervisor (pid ${supervisor.pid}) is stopped, and app-1 ${limited ? 'eats memory' : 'gets SIGKILL'}`,
  );
  if (limited) await order(cast[0].port, 'eat');
  else kill(leader.pid);
  moment(
    await deathOf(leader, { what: 'the leader', clock }),
    `app-1 (pid ${leader.pid}) is dead, and nobody has seen it`,
  );
  kill(supervisor.pid);
  const died = await deathOf(supervisor, { what: 'the supervisor', clock });
  moment(died, `the supervisor (pid ${supervisor.pid}) is dead too, by SIGKILL`);
  const { reply, promises } = await watchReturn(stage, { cast, clock, died });
  const unseen = limited ? tellUnseen(statusOf(reply, 'app-1')) : [];
  return [...promises, tellPastLife(reply), ...unseen];
};

export const SCENES = [
  { title: "1. A worker's leader is killed for memory", play: leaderDies },
  { title: '2. A grandchild alone is killed for memory', play: grandchildDies },
  { title: '3. The supervisor is killed', play: supervisorDies },
  { title: '4. A worker is killed for memory and the supervisor with it', play: bothDie },
];
