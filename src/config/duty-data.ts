// How does a config say what was read of the keys about a program's duty? Values back to settings, in the words of the keys.

import type { Check, Dependency, Duty, HealthPlan } from '../model/duty.ts';
import { shownAddress } from '../model/secrets.ts';

type Data = Readonly<Record<string, unknown>>;

const address = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const checkData = (check: Check): Data => {
  switch (check.kind) {
    case 'exec':
      return { exec: check.command };
    case 'tcp':
      return { tcp: address(check.host, check.port) };
    case 'http':
      return {
        http: shownAddress(check.url),
        ...(check.status !== null && { status: check.status }),
      };
    case 'log':
      return { log: check.pattern };
  }
};

const healthData = ({ check, onUnhealthy, ...times }: HealthPlan): Data => ({
  ...checkData(check),
  ...times,
  on_unhealthy: onUnhealthy,
});

const conditionData = ({ condition, restart }: Dependency): string | null =>
  restart ? [condition ?? '', 'restart=true'].join(' ').trim() : condition;

export const dutyData = ({ type, dependsOn, health, schedule }: Duty): Data => ({
  type,
  depends_on:
    dependsOn.length === 0
      ? 'none'
      : Object.fromEntries(dependsOn.map((dependency) => [dependency.on, conditionData(dependency)])),
  health: health === null ? 'none' : healthData(health),
  schedule:
    schedule === null
      ? 'none'
      : {
          cron: schedule.cron,
          ...(schedule.timezone !== null && { timezone: schedule.timezone }),
          overlap: schedule.overlap,
          jitter: schedule.jitter,
        },
});
