// What does /metrics tell now? A picture of the supervisor becomes families of samples.

import type { SupervisorStatus } from '../model/command.ts';
import { STATES } from '../model/state.ts';
import { causeLabels, Columns, USUAL_KILLS, type ProcessPicture } from './columns.ts';
import type { Family, HistogramValue, Labels, Sample } from './exposition.ts';
import { METRICS, type MetricName } from './families.ts';

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

const counted = (
  counts: Readonly<Record<string, number>>,
  labels: (key: string) => Labels,
): readonly Sample[] => Object.entries(counts).map(([key, value]) => ({ labels: labels(key), value }));

const statesOf = (processes: readonly ProcessPicture[]): readonly Sample[] => {
  const counts: Record<string, number> = {};
  for (const state in STATES) counts[state] = 0;
  for (const { state } of processes) counts[state] = (counts[state] ?? 0) + 1;
  return counted(counts, (state) => ({ state }));
};

const supervisorFamilies = ({ supervisor, own, supervisorDeaths }: Picture): readonly Family[] => [
  one('tsvisor_build_info', 1, { version: supervisor.version }),
  one('tsvisor_up', supervisor.mood === 'RUNNING' ? 1 : 0),
  one('tsvisor_start_time_seconds', supervisor.started),
  one('tsvisor_resident_memory_bytes', own.memory),
  one('tsvisor_cpu_seconds', own.cpuSeconds),
  one('tsvisor_oom_score_adj', supervisor.score),
  one('tsvisor_guardian_present', supervisor.guardian.state === 'present' ? 1 : 0),
  family('tsvisor_supervisor_deaths', counted({ ...USUAL_KILLS, ...supervisorDeaths }, causeLabels)),
];

const hookSamples = ({ hooks = [] }: SupervisorStatus): readonly Sample[] =>
  hooks.flatMap(({ name, sent, failed, dropped }) =>
    counted({ sent, failed, dropped }, (result) => ({ hook: name, result })),
  );

const machineFamilies = ({ available, pressure, oomKills }: MachinePicture): readonly Family[] => [
  one('tsvisor_machine_memory_available_bytes', available),
  one('tsvisor_machine_memory_pressure_ratio', pressure === null ? null : pressure.avg10 / 100),
  one('tsvisor_machine_memory_waiting_seconds', pressure === null ? null : pressure.total / 1e6),
  one('tsvisor_machine_oom_kills', oomKills),
];

/** Columns keep what they wrote: to be called with the same ones for every scrape. */
export const familiesOf = (picture: Picture, columns: Columns): readonly Family[] => {
  const { processes } = picture;
  const told = processes.length > MOST_PROCESSES ? processes.slice(0, MOST_PROCESSES) : processes;
  return [
    ...supervisorFamilies(picture),
    family('tsvisor_processes', statesOf(processes)),
    one('tsvisor_processes_untold', processes.length - told.length),
    ...columns.families(told),
    family(
      'tsvisor_log_lost_bytes',
      counted(picture.lost, (reason) => ({ reason })),
    ),
    family('tsvisor_hook_events', hookSamples(picture.supervisor)),
    histogram('tsvisor_sweep_duration_seconds', picture.sweeps),
    histogram('tsvisor_recovery_duration_seconds', picture.recoveries),
    ...machineFamilies(picture.machine),
  ];
};
