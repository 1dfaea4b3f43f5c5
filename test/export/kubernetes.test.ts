// Do the manifests say what the plan says, and does Kubernetes take them?

import { describe, expect, test } from 'vitest';
import { writeOldYaml } from '../../src/config/yaml.ts';
import { exportKubernetes } from '../../src/export/kubernetes.ts';
import { readManifests, ruleComplaints, shapeComplaints, type Read } from './manifests.ts';
import { planOf, RICH } from './plans.ts';

const textOf = async (yaml: string, image: string | null = null): Promise<string> =>
  exportKubernetes(await planOf(yaml), { image, write: writeOldYaml }).files[0]?.text ?? '';

const manifests = async (yaml: string): Promise<readonly Read[]> => readManifests(await textOf(yaml));

const manifest = async (yaml: string, name: string): Promise<Read> => {
  const all = await manifests(yaml);
  const found = all.find(({ metadata }) => metadata.name === name);
  if (found === undefined)
    throw new Error(`no ${name} among ${all.map(({ metadata }) => metadata.name).join(', ')}`);
  return found;
};

/** Of one program called `web`. */
const one = (keys: string): Promise<Read> =>
  manifest(
    `programs:\n  web:\n    command: /bin/sleep 1000\n${keys
      .split('\n')
      .map((line) => `    ${line}`)
      .join('\n')}\n`,
    'web',
  );

describe('the manifests', () => {
  test('have the shape that Kubernetes publishes', async () => {
    const all = await manifests(RICH);
    expect(all.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Job', 'CronJob']));
    expect([...shapeComplaints(all), ...ruleComplaints(all)]).toEqual([]);
    const broken = all.map((value) => ({ ...value, spec: { ...value.spec, replica: 1 } }));
    expect(shapeComplaints(broken).length).toBeGreaterThanOrEqual(all.length);
  }, 120_000);

  test('run the words of the command, none of them replaced', async () => {
    const { pod } = await manifest(RICH, 'web');
    expect(pod.containers[0]?.command).toEqual([
      '/bin/sh',
      '-c',
      'exec serve --tag 50%',
      '$$(date)',
      '${HOME}',
    ]);
    expect(pod.containers[0]).toMatchObject({
      workingDir: '/srv/web',
      resources: { limits: { memory: '512Mi' } },
    });
  });

  test('count the processes of a program that differ in nothing but their names', async () => {
    expect((await manifest(RICH, 'web')).spec).toMatchObject({
      replicas: 2,
      minReadySeconds: 5,
      strategy: { type: 'Recreate' },
    });
    const different =
      'programs:\n  web:\n    command: serve %(process_num)s\n    numprocs: 2\n    process_name: w-%(process_num)s\n';
    expect((await manifests(different)).map(({ metadata }) => metadata.name)).toEqual(['web-w-0', 'web-w-1']);
  });

  test('keep texts that old YAML would take for something else', async () => {
    const { pod } = await manifest(RICH, 'web');
    expect(pod.containers[0]?.env).toEqual([
      { name: 'REGION', value: 'eu' },
      { name: 'MODE', value: 'yes' },
      { name: 'DEBUG', value: '0644' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'web-secrets', key: 'DB_PASSWORD' } } },
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'web-secrets', key: 'DATABASE_URL' } } },
    ]);
  });

  test('hold no secret, and tell how to give it', async () => {
    const text = await textOf(RICH);
    expect(text).not.toContain('geheim');
    expect(text).toContain(
      'kubectl create secret generic web-secrets --from-literal=DB_PASSWORD=… --from-literal=DATABASE_URL=…',
    );
  });

  test('ask for health as the plan does', async () => {
    const http = { path: '/health?full=1', port: 8080 };
    expect((await manifest(RICH, 'web')).pod.containers[0]).toMatchObject({
      startupProbe: { httpGet: http, failureThreshold: 4 },
      readinessProbe: { httpGet: http, periodSeconds: 5, failureThreshold: 4 },
      livenessProbe: { httpGet: http },
    });
    expect((await one('health: {tcp: 6379}')).pod.containers[0]).toMatchObject({
      readinessProbe: { tcpSocket: { port: 6379 } },
    });
    expect((await one('health: {exec: "/bin/check -q"}')).pod.containers[0]).toMatchObject({
      readinessProbe: { exec: { command: ['/bin/check', '-q'] } },
    });
    expect(await textOf('programs:\n  web:\n    command: c\n    health: {log: ready}\n')).toContain(
      '# health: log: a probe reads no logs',
    );
  });

  test('send another signal than TERM before the kubelet does', async () => {
    const { pod } = await one('stopsignal: QUIT\nstopwaitsecs: 45');
    expect(pod).toMatchObject({
      terminationGracePeriodSeconds: 45,
      containers: [
        {
          lifecycle: {
            preStop: { exec: { command: ['/bin/sh', '-c', expect.stringMatching(/^kill -s QUIT 1 /)] } },
          },
        },
      ],
    });
    expect((await one('stopwaitsecs: 1')).pod.containers[0]).not.toHaveProperty('lifecycle');
  });

  test.each([
    ['autorestart: true', { kind: 'Deployment', spec: { replicas: 1 } }],
    ['autostart: false', { kind: 'Deployment', spec: { replicas: 0 } }],
    [
      'autorestart: false',
      { kind: 'Job', spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never' } } } },
    ],
    [
      'type: oneshot\nstartretries: 5',
      { kind: 'Job', spec: { backoffLimit: 5, template: { spec: { restartPolicy: 'OnFailure' } } } },
    ],
    ['type: oneshot\nautostart: false', { kind: 'Job', spec: { suspend: true } }],
    [
      'schedule: {cron: "0 4 * * *", timezone: Europe/Berlin, overlap: kill}',
      {
        kind: 'CronJob',
        spec: { schedule: '0 4 * * *', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Replace' },
      },
    ],
  ])('take %j for what it is', async (keys, expected) => {
    expect(await one(keys)).toMatchObject(expected);
  });

  test('name the image that is given, and say that it is missing where none is', async () => {
    expect(await textOf(RICH, 'registry.example/app:1')).toContain('image: registry.example/app:1\n');
    expect(await textOf(RICH)).toContain('No config knows the image');
  });

  test('leave out event listeners, and say so', async () => {
    const text = await textOf(
      'eventlisteners:\n  mail: {command: mail, events: [PROCESS_STATE]}\nprograms:\n  web: {command: c}\n',
    );
    expect(text).toContain('# event listener mail: no equivalent');
    expect(readManifests(text)).toHaveLength(1);
  });
});
