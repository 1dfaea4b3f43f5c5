// How would a kill be judged here? A recorded one, played through the same path as a real one.

import type { Cgroup, OomWatch } from '../kernel/port.ts';
import { parseRecords } from '../kernel/records.ts';
import type { Verdict } from '../model/verdict.ts';
import { createEvidence } from './evidence.ts';
import { judge } from './judge.ts';

const LEADER = 8980;
const PATH = '/tsvisor-drill/drill/app';
const LIMIT = 48 * 1024 * 1024;

/** As Linux 6.18 wrote it, with another path. */
const RECORDED = [
  `6,425,1934209465,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${PATH},task_memcg=${PATH},task=tail,pid=${LEADER},uid=0`,
  `3,426,1934209492,-;Memory cgroup out of memory: Killed process ${LEADER} (tail) total-vm:65944kB, anon-rss:62976kB, file-rss:804kB, shmem-rss:0kB, UID:0 pgtables:172kB oom_score_adj:0`,
].join('\n');

/** A cgroup and a log that count one kill between the launch and the death. */
const play = (): { readonly oom: OomWatch; readonly cgroup: Cgroup; readonly kill: () => void } => {
  let kills = 0;
  let unread = '';
  return {
    kill() {
      kills = 1;
      unread = RECORDED;
    },
    oom: {
      pidsMatch: true,
      machineKills: () => kills,
      killerMarks: () => [],
      killersHere: () => [],
      oomdHere: () => false,
      drainKernelLog() {
        const records = parseRecords(unread);
        unread = '';
        return { records, state: 'readable' };
      },
    },
    cgroup: {
      joinFiles: [],
      memoryPath: PATH,
      pressureFile: null,
      members: () => [],
      empty: () => true,
      kill: () => 0,
      counters: () => ({ cgroup: kills, limitHits: null }),
      charge: () => null,
      charged: () => null,
      limit: () => ({ enforcedBy: null, refusal: null }),
      watch: () => null,
      remove: () => undefined,
    },
  };
};

export const rehearse = (): Verdict => {
  const { oom, cgroup, kill } = play();
  const evidence = createEvidence(oom);
  const baseline = evidence.note(cgroup);
  kill();
  return judge({
    exit: { code: null, signal: 'SIGKILL' },
    orderedBy: null,
    evidence: evidence.gather({ baseline, cgroup, leaderPid: LEADER }),
    leaderPid: LEADER,
    cgroupPath: PATH,
    memoryMax: LIMIT,
    pidsMatch: true,
  });
};
