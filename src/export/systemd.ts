// Which units say to systemd what the plan says to tsvisor? A service per process, a target and a slice per group.

import { conditionFor, namedBy } from '../model/duty.ts';
import type { GroupPlan, Plan, ProcessPlan } from '../model/plan.ts';
import { calendarOf } from './calendar.ts';
import {
  exposures,
  lostWithSupervisor,
  partOf,
  type Exported,
  type ExportedFile,
  type Part,
} from './exported.ts';
import { standsApart, unitNames, type UnitNames } from './systemd-names.ts';
import { limitLines, serviceLines } from './systemd-service.ts';
import { sharedLines, socketUnits } from './systemd-sockets.ts';
import { unitText, value, type UnitLine, type UnitSection } from './unit-text.ts';

interface Whole {
  readonly plan: Plan;
  readonly names: UnitNames;
  readonly parts: readonly Part[];
  /** Files of the services that start before, by the numbers of group and process. */
  readonly before: ReadonlyMap<ProcessPlan, readonly string[]>;
}

const file = (
  name: string,
  sections: readonly UnitSection[],
  ...remarks: readonly string[]
): ExportedFile => ({
  name,
  text: [...remarks.map((one) => `# ${one.replaceAll(/\s+/g, ' ')}\n`), unitText(sections)].join(''),
});

const serviceOf = ({ names }: Whole, { group, name }: ProcessPlan): string =>
  `${names.service(group, name)}.service`;

/** supervisord's order: lower numbers of the group first, then of the program. Equal numbers start together. */
const orders = (
  groups: readonly GroupPlan[],
  parts: readonly Part[],
): readonly (readonly ProcessPlan[])[] => {
  const of = new Map(groups.map(({ name, priority }) => [name, priority]));
  const levels = new Map<string, ProcessPlan[]>();
  const rank = ({ group, priority }: ProcessPlan): readonly [number, number] => [
    of.get(group) ?? 999,
    priority,
  ];
  const sorted = parts
    .map(({ plan }) => plan)
    .toSorted((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
  for (const one of sorted) {
    const key = rank(one).join(' ');
    levels.set(key, [...(levels.get(key) ?? []), one]);
  }
  return [...levels.values()];
};

const dependencyLines = (whole: Whole, one: ProcessPlan): readonly UnitLine[] => {
  const all = whole.parts.map(({ plan }) => plan);
  return one.duty.dependsOn.flatMap((dependency): UnitLine[] => {
    const targets = namedBy(dependency.on, all, (plan) => plan);
    return targets.flatMap((target): UnitLine[] => [
      [
        conditionFor(dependency, target.duty) === 'completed' ? 'Requires' : 'Wants',
        serviceOf(whole, target),
      ],
      ['After', serviceOf(whole, target)],
      ...(dependency.restart ? [['PartOf', serviceOf(whole, target)] as const] : []),
    ]);
  });
};

const targetOf = ({ plan, names }: Whole, name: string): string => {
  const group = plan.groups.find((one) => one.name === name);
  return group !== undefined && standsApart(group) ? names.groupTarget(name) : names.target;
};

const sliceOf = ({ plan, names }: Whole, name: string): string => {
  const group = plan.groups.find((one) => one.name === name);
  return group !== undefined && standsApart(group) ? names.groupSlice(name) : names.slice;
};

const installLines = (whole: Whole, { group, autostart, duty }: ProcessPlan): readonly UnitLine[] => {
  if (duty.schedule !== null) return ['The timer starts it.'];
  return autostart
    ? [['WantedBy', targetOf(whole, group)]]
    : ['autostart=false: `systemctl start` starts it.'];
};

const service = (whole: Whole, part: Part): ExportedFile => {
  const { plan } = part;
  const name = whole.names.service(plan.group, plan.name);
  const after = whole.before.get(plan) ?? [];
  return file(`${name}.service`, [
    {
      name: 'Unit',
      lines: [
        ['Description', value(`${plan.name} of ${plan.group} (${whole.plan.file})`)],
        ['PartOf', targetOf(whole, plan.group)],
        ...after.map((other): UnitLine => ['After', other]),
        ...dependencyLines(whole, plan),
        ...limitLines(plan),
      ],
    },
    {
      name: 'Service',
      lines: [
        ['Slice', sliceOf(whole, plan.group)],
        ...serviceLines(part, `/etc/${whole.names.prefix}/${name}.env`),
        ...sharedLines(whole, plan),
      ],
    },
    { name: 'Install', lines: installLines(whole, plan) },
  ]);
};

/** Steady as with us: another moment for each machine and unit, always the same. */
const jitterLines = (seconds: number): readonly UnitLine[] =>
  seconds === 0
    ? []
    : [
        ['RandomizedDelaySec', `${seconds}s`],
        ['FixedRandomDelay', 'yes'],
      ];

const timer = (whole: Whole, { plan: one }: Part): readonly ExportedFile[] => {
  const events = one.duty.schedule === null ? null : calendarOf(one.duty.schedule);
  if (events === null) return [];
  const lines: readonly UnitLine[] = [
    ...events.map((event): UnitLine => ['OnCalendar', event]),
    ['AccuracySec', '1s'],
    ...jitterLines(one.duty.schedule?.jitter ?? 0),
  ];
  return [
    file(`${whole.names.service(one.group, one.name)}.timer`, [
      {
        name: 'Unit',
        lines: [['Description', value(`when ${one.name} runs: ${one.duty.schedule?.cron ?? ''}`)]],
      },
      { name: 'Timer', lines },
      { name: 'Install', lines: [['WantedBy', 'timers.target']] },
    ]),
  ];
};

const limit = (key: string, bytes: number | null | undefined): readonly UnitLine[] =>
  bytes === null || bytes === undefined ? [] : [[key, String(bytes)]];

const group = (whole: Whole, { name, limits, kind }: GroupPlan): readonly ExportedFile[] => {
  const { names } = whole;
  return [
    file(names.groupTarget(name), [
      {
        name: 'Unit',
        lines: [
          ['Description', value(`${kind} ${name} of ${whole.plan.file}`)],
          ['PartOf', names.target],
        ],
      },
      { name: 'Install', lines: [['WantedBy', names.target]] },
    ]),
    file(names.groupSlice(name), [
      { name: 'Unit', lines: [['Description', value(`${kind} ${name} of ${whole.plan.file}`)]] },
      {
        name: 'Slice',
        lines: [...limit('MemoryMax', limits?.max), ...limit('MemoryHigh', limits?.high)],
      },
    ]),
  ];
};

const whole = (plan: Plan, parts: readonly Part[]): Whole => {
  const names = unitNames(plan);
  const before = new Map<ProcessPlan, readonly string[]>();
  let previous: readonly string[] = [];
  for (const level of orders(plan.groups, parts)) {
    for (const one of level) before.set(one, previous);
    previous = level.map((one) => `${names.service(one.group, one.name)}.service`);
  }
  return { plan, names, parts, before };
};

/** Files for /etc/systemd/system. */
export const exportSystemd = (plan: Plan): Exported => {
  const tried = plan.groups.flatMap(({ processes }) => processes).map((one) => partOf(one, plan));
  const parts = tried.filter((one): one is Part => typeof one !== 'string');
  const warnings = tried.filter((one): one is string => typeof one === 'string');
  const all = whole(plan, parts);
  const { names } = all;
  const secrets = parts.filter((one) => one.secrets.length > 0);
  const top = file(
    names.target,
    [
      { name: 'Unit', lines: [['Description', value(`all programs of ${plan.file}`)]] },
      { name: 'Install', lines: [['WantedBy', 'multi-user.target']] },
    ],
    `Written by \`tsvisor export systemd\` from ${plan.file}. \`systemctl enable --now ${names.target}\` after the others are enabled.`,
    ...lostWithSupervisor(plan),
    ...warnings,
  );
  return {
    files: [
      top,
      ...plan.groups.filter(standsApart).flatMap((one) => group(all, one)),
      ...socketUnits(all).map(({ name, sections }) => file(name, sections)),
      ...parts.flatMap((one) => [service(all, one), ...timer(all, one)]),
    ],
    warnings: [
      ...warnings,
      ...exposures(parts),
      ...secrets.map(
        ({ plan: { group: of, name }, secrets: keys }) =>
          `${of}:${name}: ${keys.join(', ')} not written: give them in /etc/${names.prefix}/${names.service(of, name)}.env, mode 0600`,
      ),
    ],
  };
};
