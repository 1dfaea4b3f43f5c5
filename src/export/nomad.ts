// Which jobs say to Nomad what the plan says to tsvisor? One for services, one for what ends, one for each schedule.

import { basename, extname } from 'node:path';
import type { SchedulePlan } from '../model/duty.ts';
import type { Plan } from '../model/plan.ts';
import { createNames, exposures, lostWithSupervisor, type Exported, type ExportedFile } from './exported.ts';
import { attribute, comment, hclText, type HclLine } from './hcl.ts';
import { diskLines, restartBlock, taskBlock } from './nomad-task.ts';
import { workloadName, workloadsOf, type Workload } from './workloads.ts';

/** Plain, so that it may stand in paths of variables. */
const plainName = (text: string): string => text.replaceAll(/[^\w-]+/g, '-').slice(0, 100) || 'program';

interface Named extends Workload {
  readonly name: string;
}

interface Job {
  readonly name: string;
  readonly type: 'service' | 'batch';
  readonly schedule: SchedulePlan | null;
  readonly members: readonly Named[];
}

const secretPath = (job: string, name: string): string => `nomad/jobs/${job}/${name}`;

const groupLines = (plan: Plan, name: string): readonly HclLine[] => {
  const group = plan.groups.find((one) => one.name === name);
  return [
    ...(group?.limits === undefined ? [] : [comment('group_memory_max, group_memory_high: no equivalent')]),
    ...(group?.socket === undefined
      ? []
      : [comment(`socket=${group.socket.url}: nobody gives it as descriptor 0`)]),
  ];
};

const groupBlock = (plan: Plan, job: Job, { name, part, count }: Named): HclLine => ({
  block: 'group',
  label: name,
  lines: [
    ...groupLines(plan, part.plan.group),
    ...(part.plan.autostart || job.schedule !== null
      ? []
      : [comment(`autostart=false: nomad job scale ${job.name} ${name} ${count}`)]),
    attribute('count', part.plan.autostart || job.schedule !== null ? count : 0),
    restartBlock(part.plan),
    ...diskLines(part.plan),
    ...(part.plan.autorestart === 'never' || job.type === 'batch'
      ? ([{ block: 'reschedule', lines: [attribute('attempts', 0), attribute('unlimited', false)] }] as const)
      : []),
    { block: 'meta', lines: [attribute('group', part.plan.group), attribute('program', part.plan.program)] },
    taskBlock(part, name, secretPath(job.name, name)),
  ],
});

const periodic = ({ cron, timezone }: SchedulePlan): HclLine => ({
  block: 'periodic',
  lines: [
    attribute('crons', [cron]),
    ...(timezone === null ? [] : [attribute('time_zone', timezone)]),
    attribute('prohibit_overlap', true),
  ],
});

const jobFile = (plan: Plan, job: Job, refusals: readonly string[]): ExportedFile => ({
  name: `${job.name}.nomad.hcl`,
  text: hclText([
    comment(`Written by \`tsvisor export nomad\` from ${plan.file}: nomad job run ${job.name}.nomad.hcl`),
    comment(
      'The driver raw_exec runs commands as they are, on the machine itself; a client must allow it, and `user` with it.',
    ),
    ...lostWithSupervisor(plan).map(comment),
    ...refusals.map(comment),
    {
      block: 'job',
      label: job.name,
      lines: [
        attribute('type', job.type),
        ...(job.schedule === null ? [] : [periodic(job.schedule)]),
        ...job.members.map((member) => groupBlock(plan, job, member)),
      ],
    },
  ]),
});

const jobsOf = (members: readonly Named[], prefix: string): readonly Job[] => {
  const unique = createNames();
  const services = members.filter(({ ends, part }) => !ends && part.plan.duty.schedule === null);
  const once = members.filter(({ ends, part }) => ends && part.plan.duty.schedule === null);
  const job = (name: string, more: Omit<Job, 'name'>): Job => ({ name: unique(name), ...more });
  return [
    ...(services.length > 0 ? [job(prefix, { type: 'service', schedule: null, members: services })] : []),
    ...(once.length > 0 ? [job(`${prefix}-once`, { type: 'batch', schedule: null, members: once })] : []),
    ...members.flatMap((member) => {
      const { schedule } = member.part.plan.duty;
      return schedule === null
        ? []
        : [job(`${prefix}-${member.name}`, { type: 'batch', schedule, members: [member] })];
    }),
  ];
};

export const exportNomad = (plan: Plan): Exported => {
  const { workloads, refusals } = workloadsOf(plan);
  const unique = createNames();
  const named = workloads.map((one): Named => ({ ...one, name: unique(plainName(workloadName(one))) }));
  const jobs = jobsOf(named, plainName(basename(plan.file, extname(plan.file))));
  const secrets = jobs.flatMap(({ name: job, members }) =>
    members
      .filter(({ part }) => part.secrets.length > 0)
      .map(
        ({ name, part: { plan: one, secrets: keys } }) =>
          `${one.group}:${one.name}: ${keys.join(', ')} not written: put them in the variable ${secretPath(job, name)}`,
      ),
  );
  return {
    files: jobs.map((job) => jobFile(plan, job, refusals)),
    warnings: [...refusals, ...exposures(workloads.map(({ part }) => part)), ...secrets],
  };
};
