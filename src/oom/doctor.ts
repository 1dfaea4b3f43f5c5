// What holds here and what should be done about it? Facts to findings in plain words; pure.

import type { StatusReply } from '../model/command.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { placeWords } from './words.ts';
import { megabytes } from '../model/megabytes.ts';

export interface Finding {
  readonly level: 'fine' | 'advice' | 'broken';
  /** What it is about, in one or two words. */
  readonly about: string;
  readonly text: string;
  /** What to do; empty for what is fine. */
  readonly cure: string;
}

export interface Examination {
  readonly facts: DoctorFacts;
  /** Null: no supervisor answers. */
  readonly status: StatusReply | null;
  /** Pid of one that is there and does not answer; null where no note tells it. */
  readonly silent?: number | null;
}

type Check = (about: Examination) => Finding | readonly Finding[];

const fine = (about: string, text: string): Finding => ({ level: 'fine', about, text, cure: '' });
const advise = (about: string, text: string, cure: string): Finding => {
  return { level: 'advice', about, text, cure };
};
const broken = (about: string, text: string, cure: string): Finding => {
  return { level: 'broken', about, text, cure };
};

const silence = (pid: number | null): Finding => {
  const [name, who] = pid === null ? ['PID', ''] : [pid, ` (pid ${pid})`];
  return broken(
    'supervisor',
    `it is there${who} and does not answer: it hangs, is stopped by a signal, or the machine is too busy`,
    `see what it waits for with \`ps -o stat,wchan:30,args -p ${name}\`; after \`kill -9 ${name}\` the guardian ends all that it ran and starts anew`,
  );
};

const supervisor: Check = ({ status, silent }) => {
  if (silent !== undefined) return silence(silent);
  if (status === null)
    return fine('supervisor', 'none answers with this config; the rest is about this machine and this shell');
  const { guardian, pid, score } = status.supervisor;
  const own = fine('supervisor', `pid ${pid}, score ${score ?? 'unknown'}`);
  if (guardian.state === 'lost')
    return [
      own,
      broken('guardian', 'it is dead: nobody cleans up when the supervisor is killed', 'tsvisor restart'),
    ];
  if (guardian.state === 'absent')
    return [
      own,
      broken(
        'guardian',
        'there is none: a killed supervisor leaves its programs behind',
        'install a C compiler, run `npm run build`, then `tsvisor restart`',
      ),
    ];
  return [own, fine('guardian', `pid ${guardian.pid}, score ${guardian.score ?? 'unknown'}`)];
};

const scores: Check = ({ facts: { score, canLower, inKubernetes } }) => {
  if (canLower) return fine('scores', `may be lowered; we were started with ${score}`);
  const where =
    inKubernetes && score >= 900 ? ` (Kubernetes gives ${score} to BestEffort and Burstable pods)` : '';
  const text = `cannot be lowered below ${score}${where}: supervisor and programs are protected from each other only by raising programs`;
  return advise(
    'scores',
    text,
    score >= 900
      ? 'give the pod memory requests and limits that are equal, so that its score is low'
      : 'add CAP_SYS_RESOURCE (docker: --cap-add SYS_RESOURCE), or leave oom_score_adj on auto, which raises programs',
  );
};

const cgroupsOf = ({ facts, status }: Examination) =>
  status === null
    ? facts.cgroups
    : {
        kind: status.supervisor.containment,
        memory: status.supervisor.memoryController,
        why: status.supervisor.notices.join('; '),
      };

const containment: Check = (about) => {
  const found = cgroupsOf(about);
  if (found === null) return [];
  const holds = found.kind === 'cgroup2' || found.kind === 'freezer';
  const how = holds
    ? fine('containment', `by ${found.kind}`)
    : advise(
        'containment',
        `no cgroup can be used: ${found.why}`,
        'run as root, or with a delegated cgroup (systemd: Delegate=yes); members are held by the reaper until then',
      );
  const counts =
    found.memory === null
      ? advise(
          'memory limits',
          `no memory controller: limits are not enforced and verdicts rest on the kernel log alone (${found.why})`,
          'delegate the memory controller, or use memory_limit_watch, which needs none',
        )
      : fine('memory limits', `enforced and counted by cgroup ${found.memory}`);
  return [how, counts];
};

const kernelLog: Check = ({ facts: { kernelLog: state } }) =>
  state === 'readable'
    ? fine('kernel log', 'readable: verdicts can name victims and limits')
    : advise(
        'kernel log',
        `cannot be read (${state})`,
        'add CAP_SYSLOG, or set kernel.dmesg_restrict=0; counters decide alone until then',
      );

const pressure: Check = ({ facts }) =>
  facts.pressure
    ? fine('pressure', 'can be measured')
    : advise(
        'pressure',
        'this kernel does not measure it: on_pressure and pressure_below do nothing',
        'boot with psi=1',
      );

const groupKills: Check = ({ facts: { oomGroups } }) =>
  oomGroups.length === 0
    ? fine('group kills', 'no cgroup above us is killed as a whole')
    : broken(
        'group kills',
        `memory.oom.group is set on ${oomGroups.map(placeWords).join(', ')}: when one process in it is killed for memory, the supervisor and its guardian are too`,
        'systemd: OOMPolicy=continue; Kubernetes: singleProcessOOMKill (1.32), or limits below the pod by memory_max',
      );

const unit: Check = ({ facts: { unit: facts, oomd } }) => {
  if (facts === null) return fine('unit', 'not inside a systemd service');
  const { name, oomPolicy, delegate, killMode, managedOom } = facts;
  const findings: Finding[] = [];
  if (oomPolicy === 'stop' || oomPolicy === 'kill')
    findings.push(
      broken(
        'unit',
        `${name} has OOMPolicy=${oomPolicy}: one killed program takes everything down`,
        'OOMPolicy=continue',
      ),
    );
  if (delegate === false)
    findings.push(
      advise(
        'unit',
        `${name} does not delegate its cgroup: systemd may undo what tsvisor makes below it`,
        'Delegate=yes',
      ),
    );
  if (killMode === 'process')
    findings.push(
      advise(
        'unit',
        `${name} has KillMode=process: what outlives the guardian is left behind`,
        'KillMode=mixed',
      ),
    );
  if (oomd && managedOom === 'kill')
    findings.push(
      advise('unit', `systemd-oomd kills in ${name} under pressure`, 'ManagedOOMPreference=avoid'),
    );
  return findings.length > 0 ? findings : fine('unit', `${name} leaves OOM kills to tsvisor`);
};

const sysctls: Check = ({ facts: { sysctls: values } }) => {
  const findings: Finding[] = [];
  if ((values.panic_on_oom ?? 0) > 0)
    findings.push(
      broken(
        'vm.panic_on_oom',
        `is ${values.panic_on_oom}: the machine goes down instead of a process`,
        'sysctl vm.panic_on_oom=0',
      ),
    );
  if ((values.oom_kill_allocating_task ?? 0) > 0)
    findings.push(
      advise(
        'vm.oom_kill_allocating_task',
        'is set: the kernel kills who asks for memory and scores count for nothing',
        'sysctl vm.oom_kill_allocating_task=0',
      ),
    );
  if (values.overcommit_memory === 2)
    findings.push(
      fine(
        'vm.overcommit_memory',
        'is 2: allocations fail before the OOM killer comes; programs see ENOMEM instead',
      ),
    );
  return findings.length > 0 ? findings : fine('sysctls', 'the kernel chooses by score');
};

const swap: Check = ({ facts }) =>
  facts.swap > 0
    ? fine(
        'swap',
        `${megabytes(facts.swap)}: a machine short of memory slows down for a while before it kills`,
      )
    : fine('swap', 'none: kills come without a warning; start_when and memory_max are all the more of use');

const lowMemory: Check = ({ facts: { lowMemory: low } }) =>
  low === null
    ? []
    : advise(
        'low memory',
        `a 32-bit kernel with ${megabytes(low)} of low memory: kills happen while high memory is free`,
        'use a 64-bit kernel',
      );

const limits: Check = ({ facts: { limits: around, memory } }) => {
  const [tightest] = [...around].toSorted((a, b) => a.limit - b.limit);
  if (tightest === undefined) return fine('limits around us', `none: the machine's ${megabytes(memory)}`);
  const { path, limit, used } = tightest;
  return fine(
    'limits around us',
    `${placeWords(path)} allows ${megabytes(limit)}${used === null ? '' : `, ${megabytes(used)} used`}`,
  );
};

const promises: Check = ({ facts, status }) => {
  const sum = (status?.processes ?? []).reduce(
    (total, { memoryMax }) => total + (memoryMax?.requested ?? 0),
    0,
  );
  const ground = Math.min(facts.memory, ...facts.limits.map(({ limit }) => limit));
  if (sum === 0) return [];
  return sum > ground
    ? advise(
        'sum of limits',
        `memory_max of all processes is ${megabytes(sum)} together, of ${megabytes(ground)} there are: they can still run the ground dry`,
        'lower them, or give group_memory_max to the groups',
      )
    : fine('sum of limits', `${megabytes(sum)} of ${megabytes(ground)}`);
};

/** The guardian locks about 100 kB. */
const GUARDIAN = 256 * 1024;

const locking: Check = ({ facts: { memlock } }) =>
  memlock >= GUARDIAN
    ? fine('locked memory', 'the guardian can stay in memory')
    : advise(
        'locked memory',
        `only ${memlock} bytes may be locked: the guardian can be swapped out and is slow when it is needed`,
        'raise the limit: LimitMEMLOCK=1M, or ulimit -l 1024',
      );

const refusals: Check = ({ status }) =>
  (status?.processes ?? []).flatMap(({ group, name, score, memoryMax }) => [
    ...(score?.refusal == null
      ? []
      : [
          advise(
            `${group}:${name}`,
            `asked for score ${score.requested} and has ${score.effective} (${score.refusal})`,
            'add CAP_SYS_RESOURCE, or ask for a score no lower than that',
          ),
        ]),
    ...(memoryMax === null || memoryMax.enforcedBy !== null
      ? []
      : [advise(`${group}:${name}`, 'its memory_max is enforced by nobody', 'see memory limits above')]),
  ]);

const CHECKS: readonly Check[] = [
  supervisor,
  scores,
  containment,
  kernelLog,
  pressure,
  groupKills,
  unit,
  sysctls,
  swap,
  lowMemory,
  limits,
  promises,
  locking,
  refusals,
];

export const diagnose = (about: Examination): readonly Finding[] => CHECKS.flatMap((check) => check(about));

/** 0 fine, 1 advice, 2 broken. */
export const gravity = (findings: readonly Finding[]): 0 | 1 | 2 => {
  if (findings.some(({ level }) => level === 'broken')) return 2;
  return findings.some(({ level }) => level === 'advice') ? 1 : 0;
};
