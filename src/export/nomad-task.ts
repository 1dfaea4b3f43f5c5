// Which task is one program? Its block, key by key.

import type { ProcessPlan } from '../model/plan.ts';
import type { Part } from './exported.ts';
import { attribute, comment, isKey, type HclLine } from './hcl.ts';
import { losses } from './keys.ts';

const MB = 2 ** 20;

/** What Nomad takes at least. */
const LEAST_MEMORY = 10;
/** `max_kill_timeout` of a client that does not say otherwise, seconds. */
const USUAL_KILL_TIMEOUT = 30;
/** supervisord's. */
const USUAL_LOG_BYTES = 50 * MB;
const USUAL_BACKUPS = 10;

const seconds = (count: number): string => `${Math.max(1, Math.ceil(count))}s`;

const block = (name: string, lines: readonly HclLine[], label?: string): HclLine => ({
  block: name,
  lines,
  ...(label === undefined ? {} : { label }),
});

const config = ({ words, directory, plan: { oomScoreAdj: score } }: Part): HclLine => {
  const [file = '', ...rest] = words;
  return block('config', [
    ...(words.some((one) => /\$\{[\w.-]+\}/.test(one))
      ? [comment('Nomad replaces ${…} in arguments before the program sees them.')]
      : []),
    ...(file.includes('/') ? [] : [comment('The path must be absolute where Nomad does not find it.')]),
    attribute('command', file),
    ...(rest.length > 0 ? [attribute('args', rest)] : []),
    ...(directory === null ? [] : [attribute('work_dir', directory)]),
    ...(score.kind !== 'auto' && score.value > 0
      ? [attribute('oom_score_adj', Math.min(1000, score.value))]
      : []),
  ]);
};

const environmentLines = ({ environment }: Part): readonly HclLine[] => {
  const said = environment.filter(([key]) => isKey(key));
  return [
    ...environment
      .filter(([key]) => !isKey(key))
      .map(([key]) => comment(`environment ${key}: a job takes no such name`)),
    ...(said.length > 0
      ? [
          block(
            'env',
            said.map(([key, value]) => attribute(key, value)),
          ),
        ]
      : []),
  ];
};

/** Nomad's own variables keep what is not to be read by everybody. */
const secretLines = ({ secrets }: Part, path: string): readonly HclLine[] =>
  secrets.length === 0
    ? []
    : [
        comment(`Not written here: nomad var put ${path} ${secrets.map((key) => `${key}=…`).join(' ')}`),
        block('template', [
          attribute('destination', 'secrets/environment'),
          attribute('env', true),
          {
            key: 'data',
            heredoc: [
              `{{ with nomadVar "${path}" }}`,
              ...secrets.map((key) => `${key}={{ index . "${key}" | toJSON }}`),
              '{{ end }}',
            ],
          },
        ]),
      ];

interface LogSize {
  readonly files: number;
  /** MB of each. */
  readonly size: number;
}

/** Null where the config says nothing of its own: then Nomad's usual sizes hold. */
const logSize = ({ stdout, stderr }: ProcessPlan): LogSize | null => {
  const { maxBytes = 0, backups = 0 } = stdout.kind === 'none' ? stderr : stdout;
  const isUsual = maxBytes === USUAL_LOG_BYTES && backups === USUAL_BACKUPS;
  return maxBytes === 0 || isUsual
    ? null
    : { files: backups + 1, size: Math.max(1, Math.ceil(maxBytes / MB)) };
};

const logLines = (plan: ProcessPlan): readonly HclLine[] => {
  if (plan.stdout.kind === 'none' && plan.stderr.kind === 'none')
    return [block('logs', [attribute('disabled', true)])];
  const logs = logSize(plan);
  return logs === null
    ? []
    : [block('logs', [attribute('max_files', logs.files), attribute('max_file_size', logs.size)])];
};

/** A job whose logs do not fit on its disk is refused; 300 MB where nobody says otherwise. */
export const diskLines = (plan: ProcessPlan): readonly HclLine[] => {
  const logs = logSize(plan);
  const needed = logs === null ? 0 : logs.files * logs.size + 100;
  return needed > 300 ? [block('ephemeral_disk', [attribute('size', needed)])] : [];
};

const stopLines = ({ stopsignal, stopsignalNumber, stopwaitsecs }: ProcessPlan): readonly HclLine[] => [
  attribute('kill_signal', stopsignalNumber === undefined ? stopsignal : 'SIGTERM'),
  ...(stopwaitsecs > USUAL_KILL_TIMEOUT
    ? [comment(`No more than max_kill_timeout of the client, ${USUAL_KILL_TIMEOUT}s where it is not set.`)]
    : []),
  attribute('kill_timeout', seconds(stopwaitsecs)),
];

/** `path`: where Nomad's variables of this task are. */
export const taskBlock = (part: Part, name: string, path: string): HclLine => {
  const { plan } = part;
  return block(
    'task',
    [
      ...losses(plan, 'nomad').map(comment),
      attribute('driver', 'raw_exec'),
      ...(plan.user === null ? [] : [attribute('user', plan.user.name)]),
      config(part),
      ...environmentLines(part),
      ...secretLines(part, path),
      ...stopLines(plan),
      ...(plan.memoryMax === null
        ? []
        : [
            block('resources', [attribute('memory', Math.max(LEAST_MEMORY, Math.ceil(plan.memoryMax / MB)))]),
          ]),
      ...logLines(plan),
    ],
    name,
  );
};

/** Attempts within the time that all of them take; after those, FATAL there and a failed allocation here. */
export const restartBlock = ({ autorestart, startsecs, startretries, duty }: ProcessPlan): HclLine => {
  const attempts = autorestart === 'never' ? 0 : startretries;
  return block('restart', [
    attribute('attempts', attempts),
    attribute('delay', '1s'),
    attribute('interval', seconds(Math.max(5, (attempts + 1) * (startsecs + 2)))),
    attribute('mode', duty.type === 'oneshot' || autorestart !== 'always' ? 'fail' : 'delay'),
  ]);
};
