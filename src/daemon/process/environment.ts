// Which environment does a program get? supervisord's, in its order, and a cookie that names its owner.

import type { ProcessPlan, SupervisorPlan } from '../../model/plan.ts';
import { COOKIE } from '../../spawn/containment.ts';

export interface EnvironmentFor {
  readonly plan: ProcessPlan;
  readonly supervisor: SupervisorPlan;
  readonly cookie: string;
}

const serverUrl = ({ plan, supervisor }: EnvironmentFor): Record<string, string> => {
  const url = plan.serverurl ?? supervisor.serverurl;
  return url === null || url === '' ? {} : { SUPERVISOR_SERVER_URL: url };
};

/** Read once: each look at process.env asks the C library, name by name. */
let own: Readonly<Record<string, string>> | null = null;

const ownEnvironment = (): Readonly<Record<string, string>> => {
  own ??= Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return own;
};

/** Later wins: our own environment, SUPERVISOR_*, what the config says, the cookie. */
export const environmentOf = (wanted: EnvironmentFor): Record<string, string> => ({
  ...ownEnvironment(),
  SUPERVISOR_ENABLED: '1',
  ...serverUrl(wanted),
  SUPERVISOR_PROCESS_NAME: wanted.plan.name,
  SUPERVISOR_GROUP_NAME: wanted.plan.group,
  ...wanted.plan.environment,
  [COOKIE]: wanted.cookie,
});
