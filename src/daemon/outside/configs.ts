// How does the config that was read last want each process, and is it in use?

import type { ConfigReply } from '../../model/command.ts';
import type { Duty } from '../../model/duty.ts';
import type { GroupPlan, ProcessPlan } from '../../model/plan.ts';
import { shownAddress } from '../../model/secrets.ts';
import type { Daemon } from '../boot.ts';

type StreamName = 'stdout' | 'stderr';

/** The path of an AUTO log is decided when its group is in use. */
const logOf = (
  daemon: Daemon,
  plan: ProcessPlan,
  { stream, inUse }: { stream: StreamName; inUse: boolean },
) => {
  const target = stream === 'stderr' && plan.redirectStderr ? { kind: 'none' } : plan[stream];
  if (target.kind === 'none' || (target.kind === 'journald' && !inUse)) return null;
  if (target.kind === 'auto' && !inUse) return 'auto';
  return daemon.hands.logPath(plan, stream) || null;
};

const withoutPassword = (duty: Duty): Duty => {
  const { health } = duty;
  if (health?.check.kind !== 'http') return duty;
  return { ...duty, health: { ...health, check: { ...health.check, url: shownAddress(health.check.url) } } };
};

/** Names without values: a server that only answers may ask for no password, and supervisord tells of no environment at all. */
const withoutSecrets = (plan: ProcessPlan): ProcessPlan => ({
  ...plan,
  duty: withoutPassword(plan.duty),
  environment: Object.fromEntries(Object.keys(plan.environment).map((name) => [name, '(set)'])),
});

const configsOfGroup = (daemon: Daemon, group: GroupPlan): readonly ConfigReply[] => {
  const inUse = daemon.supervisor.groups.some(({ name }) => name === group.name);
  return group.processes.map((plan) => ({
    plan: withoutSecrets(plan),
    groupPriority: group.priority,
    inUse,
    stdoutLog: logOf(daemon, plan, { stream: 'stdout', inUse }),
    stderrLog: logOf(daemon, plan, { stream: 'stderr', inUse }),
  }));
};

export const configsOf = (daemon: Daemon): readonly ConfigReply[] =>
  daemon.replanning.available.groups.flatMap((group) => configsOfGroup(daemon, group));
