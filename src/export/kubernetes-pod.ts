// Which pod runs one program? Its only container, key by key.

import type { Container, EnvVar, PodSpec, Probe } from 'kubernetes-types/core/v1.js';
import { splitCommand } from '../model/command-line.ts';
import type { HealthPlan } from '../model/duty.ts';
import type { ProcessPlan } from '../model/plan.ts';
import type { Part } from './exported.ts';

/** `$(NAME)` would be replaced. */
const literal = (text: string): string => text.replaceAll('$(', '$$$$(');

/** `512Mi` where it is a whole number of them. */
const quantity = (bytes: number): string => (bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}Mi` : String(bytes));

const environment = ({ environment: entries, secrets }: Part, secret: string): readonly EnvVar[] => [
  ...entries.map(([name, value]) => ({ name, value: literal(value) })),
  ...secrets.map((name) => ({ name, valueFrom: { secretKeyRef: { name: secret, key: name } } })),
];

const actOf = ({ check }: HealthPlan): Pick<Probe, 'exec' | 'tcpSocket' | 'httpGet'> | null => {
  switch (check.kind) {
    case 'exec': {
      const split = splitCommand(check.command);
      return split.refused === undefined ? { exec: { command: [...split.words] } } : null;
    }
    case 'tcp':
      return { tcpSocket: { port: check.port } };
    case 'http': {
      const { protocol, port, pathname, search } = new URL(check.url);
      const secure = protocol === 'https:';
      return {
        httpGet: {
          path: `${pathname}${search}`,
          port: port === '' ? (secure ? 443 : 80) : Number(port),
          ...(secure ? { scheme: 'HTTPS' } : {}),
        },
      };
    }
    case 'log':
      return null;
  }
};

const whole = (seconds: number): number => Math.max(1, Math.ceil(seconds));

const probes = ({
  duty: { health },
}: ProcessPlan): Pick<Container, 'livenessProbe' | 'readinessProbe' | 'startupProbe'> => {
  const act = health === null ? null : actOf(health);
  if (health === null || act === null) return {};
  const probe: Probe = {
    ...act,
    periodSeconds: whole(health.interval),
    timeoutSeconds: whole(health.timeout),
    failureThreshold: health.retries,
  };
  return {
    ...(health.grace > 0
      ? { startupProbe: { ...probe, failureThreshold: whole(health.grace / whole(health.interval)) } }
      : {}),
    readinessProbe: { ...probe, successThreshold: health.success },
    ...(health.onUnhealthy === 'restart' ? { livenessProbe: probe } : {}),
  };
};

/** The kubelet sends TERM, whatever the program wants: another signal is sent before that. */
const stopLines = ({ stopsignal, stopsignalNumber }: ProcessPlan): Pick<Container, 'lifecycle'> => {
  if (stopsignal === 'SIGTERM' || stopsignalNumber !== undefined) return {};
  const script = `kill -s ${stopsignal.replace('SIG', '')} 1 && while kill -0 1 2>/dev/null; do sleep 1; done`;
  return { lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', script] } } } };
};

const security = ({ user }: ProcessPlan): Pick<PodSpec, 'securityContext'> => {
  if (user === null) return {};
  const others = user.groups.filter((gid) => gid !== user.gid);
  return {
    securityContext: {
      runAsUser: user.uid,
      runAsGroup: user.gid,
      ...(others.length > 0 ? { supplementalGroups: [...others] } : {}),
    },
  };
};

export interface PodNames {
  readonly container: string;
  readonly image: string;
  /** Name of the Secret with what is not written. */
  readonly secret: string;
}

export const podSpec = (part: Part, { container, image, secret }: PodNames): PodSpec => {
  const { plan, words, directory } = part;
  const env = environment(part, secret);
  return {
    ...security(plan),
    terminationGracePeriodSeconds: whole(plan.stopwaitsecs),
    containers: [
      {
        name: container,
        image,
        command: words.map(literal),
        ...(directory === null ? {} : { workingDir: directory }),
        ...(env.length > 0 ? { env: [...env] } : {}),
        ...(plan.memoryMax === null ? {} : { resources: { limits: { memory: quantity(plan.memoryMax) } } }),
        ...probes(plan),
        ...stopLines(plan),
      },
    ],
  };
};
