// Which manifests say to Kubernetes what the plan says to tsvisor? A Deployment, Job or CronJob per program.

import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { CronJob, Job, JobSpec } from 'kubernetes-types/batch/v1.js';
import type { PodSpec } from 'kubernetes-types/core/v1.js';
import { basename, extname } from 'node:path';
import type { SchedulePlan } from '../model/duty.ts';
import type { GroupPlan, Plan } from '../model/plan.ts';
import { createNames, exposures, lostWithSupervisor, type Exported } from './exported.ts';
import { losses } from './keys.ts';
import { podSpec } from './kubernetes-pod.ts';
import { workloadName, workloadsOf, type Workload } from './workloads.ts';

export interface KubernetesOptions {
  /** The image that holds the programs; nobody but its owner knows it. */
  readonly image: string | null;
  /** Plain data as YAML 1.1. */
  readonly write: (data: unknown) => string;
}

type Labels = Readonly<Record<string, string>>;

const NO_IMAGE = 'replace-me:latest';
const NAME_MAX = 52;

/** A label of DNS, short enough for the names that controllers make of it. */
const dnsName = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_MAX)
    .replaceAll(/^-+|-+$/g, '') || 'program';

const deployment = ({ part: { plan }, count }: Workload, labels: Labels, spec: PodSpec): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: labels['app.kubernetes.io/name'] ?? '', labels: { ...labels } },
  spec: {
    replicas: plan.autostart ? count : 0,
    minReadySeconds: Math.ceil(plan.startsecs),
    // Never a new one beside an old one.
    strategy: { type: 'Recreate' },
    selector: { matchLabels: { ...labels } },
    template: { metadata: { labels: { ...labels } }, spec },
  },
});

const jobSpec = ({ part: { plan }, count }: Workload, labels: Labels, spec: PodSpec): JobSpec => {
  const isTriedAgain = plan.autorestart !== 'never';
  return {
    ...(count > 1 ? { completions: count, parallelism: count } : {}),
    backoffLimit: isTriedAgain ? plan.startretries : 0,
    template: {
      metadata: { labels: { ...labels } },
      spec: { restartPolicy: isTriedAgain ? 'OnFailure' : 'Never', ...spec },
    },
  };
};

const job = (workload: Workload, labels: Labels, spec: PodSpec): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: labels['app.kubernetes.io/name'] ?? '', labels: { ...labels } },
  spec: { ...jobSpec(workload, labels, spec), ...(workload.part.plan.autostart ? {} : { suspend: true }) },
});

const POLICY = { skip: 'Forbid', queue: 'Allow', kill: 'Replace' } as const;

/** Five fields; seconds are left out. */
const minutes = (cron: string): string => {
  const words = cron.trim().split(/\s+/);
  return words.length === 6 ? words.slice(1).join(' ') : words.join(' ');
};

const cronJob = (
  workload: Workload,
  { cron, timezone, overlap }: SchedulePlan,
  { labels, spec }: { readonly labels: Labels; readonly spec: PodSpec },
): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: labels['app.kubernetes.io/name'] ?? '', labels: { ...labels } },
  spec: {
    schedule: minutes(cron),
    ...(timezone === null ? {} : { timeZone: timezone }),
    concurrencyPolicy: POLICY[overlap],
    jobTemplate: { spec: jobSpec({ ...workload, ends: true }, labels, spec) },
  },
});

type Manifest = Deployment | Job | CronJob;

const manifest = (workload: Workload, labels: Labels, spec: PodSpec): Manifest => {
  const { schedule } = workload.part.plan.duty;
  if (schedule !== null) return cronJob(workload, schedule, { labels, spec });
  return workload.ends ? job(workload, labels, spec) : deployment(workload, labels, spec);
};

const groupNotes = ({ limits, socket }: GroupPlan): readonly string[] => [
  ...(limits === undefined
    ? []
    : ['group_memory_max, group_memory_high: no equivalent, a ResourceQuota is of a whole namespace']),
  ...(socket === undefined ? [] : [`socket=${socket.url}: nobody gives it as descriptor 0`]),
];

const comments = (lines: readonly string[]): string =>
  lines.map((line) => `# ${line.replaceAll(/\s+/g, ' ')}\n`).join('');

const head = (plan: Plan, image: string | null, refusals: readonly string[]): string =>
  comments([
    `Written by \`tsvisor export kubernetes\` from ${plan.file}: kubectl apply -f`,
    ...(image === null
      ? ['No config knows the image of its programs: --image IMAGE, or replace it here.']
      : []),
    ...lostWithSupervisor(plan),
    ...refusals,
  ]);

/** One file of YAML documents, each with the keys it does not have as comments. */
export const exportKubernetes = (plan: Plan, { image, write }: KubernetesOptions): Exported => {
  const { workloads, refusals } = workloadsOf(plan);
  const prefix = basename(plan.file, extname(plan.file));
  const unique = createNames();
  const warnings = [...refusals, ...exposures(workloads.map(({ part }) => part))];
  const documents = workloads.map((workload) => {
    const { part } = workload;
    const name = unique(dnsName(workloadName(workload)));
    const group = plan.groups.find((one) => one.name === part.plan.group);
    const labels = {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/component': dnsName(part.plan.group),
      'app.kubernetes.io/part-of': dnsName(prefix),
    };
    const secret = `${name}-secrets`;
    const spec = podSpec(part, { container: name, image: image ?? NO_IMAGE, secret });
    const literals = part.secrets.map((key) => `--from-literal=${key}=…`).join(' ');
    const missing =
      part.secrets.length === 0
        ? []
        : [`Not written here: kubectl create secret generic ${secret} ${literals}`];
    if (part.secrets.length > 0)
      warnings.push(
        `${part.plan.group}:${part.plan.name}: ${part.secrets.join(', ')} not written: put them in the Secret ${secret}`,
      );
    const notes = [
      ...missing,
      ...losses(part.plan, 'kubernetes'),
      ...(group === undefined ? [] : groupNotes(group)),
    ];
    return `${comments(notes)}${write(manifest(workload, labels, spec))}`;
  });
  const text = [head(plan, image, refusals), ...documents].join('---\n');
  return { files: [{ name: `${dnsName(prefix)}.yaml`, text }], warnings };
};
