// What does /metrics tell now? A picture of the supervisor becomes families of samples.

import type { ProcessStatus, SupervisorStatus } from '../model/command.ts';
import { STATES } from '../model/state.ts';
import type { Family, HistogramValue, Labels, Sample } from './exposition.ts';
import { METRICS, type MetricName } from './families.ts';
import type { ProcessTally } from './tally.ts';

export interface ProcessPicture {
  readonly status: ProcessStatus;
  readonly tally: ProcessTally;
  /** Seconds. */
  readonly cpuSeconds: number;
  /** Bytes charged to its cgroup; null without a memory controller. */
  readonly charged: number | null;
  /** Bytes written, by stream; streams that are not captured are absent. */
  readonly logBytes: Readonly<Record<string, number>>;
}

interface MachinePicture {
  /** Bytes. */
  readonly available: number | null;
  /** PSI of memory: percent over ten seconds, and microseconds since boot. */
  readonly pressure: { readonly avg10: number; readonly total: number } | null;
  readonly oomKills: number | null;
}

export interface Picture {
  readonly supervisor: SupervisorStatus;
  /** Bytes and seconds of the supervisor itself. */
  readonly own: { readonly memory: number; readonly cpuSeconds: number };
  readonly processes: readonly ProcessPicture[];
  readonly machine: MachinePicture;
  readonly sweeps: HistogramValue;
  readonly recoveries: HistogramValue;
  readonly supervisorDeaths: Readonly<Record<string, number>>;
  /** Bytes, by reason. */
  readonly lost: Readonly<Record<string, number>>;
}

/** So many processes have series of their own: about fifteen each. */
const MOST_PROCESSES = 2000;

/** Told as 0 before they happen, so that the first one is seen as an increase. */
const USUAL_KILLS: Readonly<Record<string, number>> = { 'own-limit/certain': 0, 'machine/certain': 0 };
const USUAL_RESTARTS: Readonly<Record<string, number>> = { oom: 0, exit: 0, signal: 0 };

const family = (name: MetricName, samples: readonly Sample[]): Family => {
  const { type, help } = METRICS[name];
  return { name, help, type: type === 'counter' ? 'counter' : 'gauge', samples };
};

const histogram = (name: MetricName, value: HistogramValue): Family => ({
  name,
  help: METRICS[name].help,
  type: 'histogram',
  value,
});

const one = (name: MetricName, value: number | null, labels: Labels = {}): Family =>
  family(name, value === null ? [] : [{ labels, value }]);

const NO_LABELS: Labels = {};

const byCause = (counts: Readonly<Record<string, number>>, labels = NO_LABELS): readonly Sample[] =>
  Object.entries(counts).map(([key, value]) => {
    const [cause = '', certainty = ''] = key.split('/');
    return { labels, more: { cause, certainty }, value };
  });

const byLabel = (
  counts: Readonly<Record<string, number>>,
  label: string,
  labels = NO_LABELS,
): readonly Sample[] =>
  Object.entries(counts).map(([key, value]) => ({ labels, more: { [label]: key }, value }));

interface Labelled extends ProcessPicture {
  readonly labels: Labels;
}

const perProcess = (
  name: MetricName,
  processes: readonly Labelled[],
  value: (process: Labelled) => number | null,
): Family =>
  family(
    name,
    processes.flatMap((process) => {
      const read = value(process);
      return read === null ? [] : [{ labels: process.labels, value: read }];
    }),
  );

const seconds = (time: number): number | null => (time === 0 ? null : time);

const limitOf = ({ memoryMax }: ProcessStatus): number | null =>
  memoryMax === null || memoryMax.enforcedBy === null ? null : memoryMax.requested;

const REQUESTED: Labels = { kind: 'requested' };
const EFFECTIVE: Labels = { kind: 'effective' };

const scoresOf = ({ status: { score }, labels }: Labelled): readonly Sample[] =>
  score === null
    ? []
    : [
        { labels, more: REQUESTED, value: score.requested },
        { labels, more: EFFECTIVE, value: score.effective },
      ];

// oxfmt-ignore
const processFamilies = (processes: readonly Labelled[]): readonly Family[] => [
  perProcess('tsvisor_process_up', processes, ({ status }) => (status.state === 'RUNNING' ? 1 : 0)),
  perProcess('tsvisor_process_state', processes, ({ status }) => STATES[status.state]),
  perProcess('tsvisor_process_start_time_seconds', processes, ({ status }) => seconds(status.start)),
  family('tsvisor_process_restarts', processes.flatMap(({ tally, labels }) => byLabel({ ...USUAL_RESTARTS, ...tally.restarts }, 'cause', labels))),
  family('tsvisor_process_oom_kills', processes.flatMap(({ tally, labels }) => byCause({ ...USUAL_KILLS, ...tally.oomKills }, labels))),
  perProcess('tsvisor_process_last_death_timestamp_seconds', processes, ({ tally }) => seconds(tally.lastDeath)),
  perProcess('tsvisor_process_resident_memory_bytes', processes, ({ status }) => status.memory),
  perProcess('tsvisor_process_charged_memory_bytes', processes, ({ charged }) => charged),
  perProcess('tsvisor_process_memory_limit_bytes', processes, ({ status }) => limitOf(status)),
  perProcess('tsvisor_process_cpu_seconds', processes, ({ cpuSeconds }) => cpuSeconds),
  perProcess('tsvisor_process_members', processes, ({ status }) => status.members),
  family('tsvisor_process_oom_score_adj', processes.flatMap(scoresOf)),
  family('tsvisor_process_log_bytes', processes.flatMap(({ logBytes, labels }) => byLabel(logBytes, 'stream', labels))),
];

const statesOf = (processes: readonly ProcessPicture[]): readonly Sample[] =>
  Object.keys(STATES).map((state) => ({
    labels: { state },
    value: processes.filter(({ status }) => status.state === state).length,
  }));

const supervisorFamilies = ({ supervisor, own, supervisorDeaths }: Picture): readonly Family[] => [
  one('tsvisor_build_info', 1, { version: supervisor.version }),
  one('tsvisor_up', supervisor.mood === 'RUNNING' ? 1 : 0),
  one('tsvisor_start_time_seconds', supervisor.started),
  one('tsvisor_resident_memory_bytes', own.memory),
  one('tsvisor_cpu_seconds', own.cpuSeconds),
  one('tsvisor_oom_score_adj', supervisor.score),
  one('tsvisor_guardian_present', supervisor.guardian.state === 'present' ? 1 : 0),
  family('tsvisor_supervisor_deaths', byCause({ ...USUAL_KILLS, ...supervisorDeaths })),
];

const hookSamples = ({ hooks = [] }: SupervisorStatus): readonly Sample[] =>
  hooks.flatMap(({ name, sent, failed, dropped }) =>
    byLabel({ sent, failed, dropped }, 'result', { hook: name }),
  );

const machineFamilies = ({ available, pressure, oomKills }: MachinePicture): readonly Family[] => [
  one('tsvisor_machine_memory_available_bytes', available),
  one('tsvisor_machine_memory_pressure_ratio', pressure === null ? null : pressure.avg10 / 100),
  one('tsvisor_machine_memory_waiting_seconds', pressure === null ? null : pressure.total / 1e6),
  one('tsvisor_machine_oom_kills', oomKills),
];

export const familiesOf = (picture: Picture): readonly Family[] => {
  const { processes } = picture;
  const labelled = processes.slice(0, MOST_PROCESSES).map((process) => ({
    ...process,
    labels: { group: process.status.group, process: process.status.name },
  }));
  return [
    ...supervisorFamilies(picture),
    family('tsvisor_processes', statesOf(processes)),
    one('tsvisor_processes_untold', processes.length - labelled.length),
    ...processFamilies(labelled),
    family('tsvisor_log_lost_bytes', byLabel(picture.lost, 'reason')),
    family('tsvisor_hook_events', hookSamples(picture.supervisor)),
    histogram('tsvisor_sweep_duration_seconds', picture.sweeps),
    histogram('tsvisor_recovery_duration_seconds', picture.recoveries),
    ...machineFamilies(picture.machine),
  ];
};
